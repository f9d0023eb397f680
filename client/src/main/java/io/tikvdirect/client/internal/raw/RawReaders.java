package io.tikvdirect.client.internal.raw;

import io.netty.util.concurrent.FastThreadLocal;
import io.tikvdirect.codec.kv.RawCasResponseReader;
import io.tikvdirect.codec.kv.RawChecksumResponseReader;
import io.tikvdirect.codec.kv.RawCoprocessorResponseReader;
import io.tikvdirect.codec.kv.RawGetResponseReader;
import io.tikvdirect.codec.kv.RawKeyTtlResponseReader;
import io.tikvdirect.codec.kv.RawPairsResponseReader;
import io.tikvdirect.codec.kv.RawWriteResponseReader;

/**
 * Confined to one thread: the reusable readers of answers, one set per event loop. An answer is read completely before the
 * next one is wrapped, and no callback runs while a reader is still needed.
 */
final class RawReaders {

    private static final FastThreadLocal<RawReaders> CURRENT = new FastThreadLocal<>() {
        @Override
        protected RawReaders initialValue() {
            return new RawReaders();
        }
    };

    final RawGetResponseReader get = new RawGetResponseReader();
    final RawWriteResponseReader write = new RawWriteResponseReader();
    final RawPairsResponseReader pairs = new RawPairsResponseReader();
    final RawKeyTtlResponseReader keyTtl = new RawKeyTtlResponseReader();
    final RawCasResponseReader cas = new RawCasResponseReader();
    final RawChecksumResponseReader checksum = new RawChecksumResponseReader();
    final RawCoprocessorResponseReader coprocessor = new RawCoprocessorResponseReader();
    final ValueView valueView = new ValueView();

    private RawReaders() {}

    /** {@return the readers of the calling thread} */
    static RawReaders current() {
        return CURRENT.get();
    }
}
