package io.tikvdirect.client.internal.raw;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.Objects;
import java.util.concurrent.Flow;

/** Immutable. A range as a publisher: every subscriber gets a scan of its own. */
final class ScanPublisher implements Flow.Publisher<KvPair> {

    private final RawEngine engine;
    private final RawCalls calls;
    private final KeyRange range;
    private final ScanOptions options;

    ScanPublisher(RawEngine engine, RawCalls calls, KeyRange range, ScanOptions options) {
        this.engine = engine;
        this.calls = calls;
        this.range = Objects.requireNonNull(range, "range");
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public void subscribe(Flow.Subscriber<? super KvPair> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        ScanCursor cursor = ScanCursor.start(range.start(), range.end(), options.reverse(), options.limit());
        ScanSubscription subscription =
                new ScanSubscription(engine, calls, cursor, options.keyOnly(), engine.pageSize(options), subscriber);
        subscriber.onSubscribe(subscription);
    }
}
