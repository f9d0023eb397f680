package io.tikvdirect.transport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Immutable: the logger of the transport. Nothing is logged per message or per call that ends as it should. */
final class Log {
    static final Logger LOGGER = LoggerFactory.getLogger("io.tikvdirect.transport");

    private Log() {}
}
