package io.tikvdirect.codec.key;

import io.tikvdirect.codec.wire.MalformedMessageException;

/** Immutable: a key in an answer lies outside of the key space that was asked. The key itself is not in the message. */
public final class ForeignKeyException extends MalformedMessageException {
    private static final long serialVersionUID = 1L;

    ForeignKeyException(final String detail) {
        super(Reason.FOREIGN_KEY, detail);
    }
}
