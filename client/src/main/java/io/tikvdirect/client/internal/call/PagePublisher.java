package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.internal.store.SlowPath;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.Objects;
import java.util.concurrent.Flow;

/** Immutable. A range as a publisher: every subscriber gets a scan of its own. */
public final class PagePublisher implements Flow.Publisher<KvPair> {

    /** Reads pages without blocking. */
    @FunctionalInterface
    public interface Pages {

        /**
         * Reads one page.
         *
         * @param cursor where the scan stands
         * @param promise gets the page
         */
        void read(ScanCursor cursor, Promise<ScanPage> promise);
    }

    private final Pages pages;
    private final SlowPath slowPath;
    private final KeyRange range;
    private final ScanOptions options;

    /**
     * A publisher of a range.
     *
     * @param pages reads its pages
     * @param slowPath is told of subscribers that throw
     * @param range of user keys
     * @param options direction and limit
     */
    public PagePublisher(Pages pages, SlowPath slowPath, KeyRange range, ScanOptions options) {
        this.pages = pages;
        this.slowPath = slowPath;
        this.range = Objects.requireNonNull(range, "range");
        this.options = Objects.requireNonNull(options, "options");
    }

    @Override
    public void subscribe(Flow.Subscriber<? super KvPair> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        ScanCursor cursor = ScanCursor.start(range.start(), range.end(), options.reverse(), options.limit());
        subscriber.onSubscribe(new PageSubscription(pages, slowPath, cursor, subscriber));
    }
}
