package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.SlowPath;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. One subscriber's scan. Demand, pages and cancellation may come from any thread; whoever raises the work
 * counter from zero does the work of all until it is zero again, so that the subscriber's methods are called one after
 * another and never nested (Reactive Streams rules 1.3 and 3.3).
 *
 * <p>A page is fetched when there is demand or the page before it is being delivered; at most one waits while another is
 * delivered. After {@link #cancel} nothing is delivered and the page under way is dropped (rules 3.12 and 3.13).
 */
final class PageSubscription implements Flow.Subscription, Promise<ScanPage> {

    private final PagePublisher.Pages pages;
    private final SlowPath slowPath;
    private final Flow.Subscriber<? super KvPair> subscriber;
    private final AtomicLong demand = new AtomicLong();
    private final SerialWork work = new SerialWork(this::round);
    private volatile boolean cancelled;
    private volatile boolean illegalRequest;
    private volatile @Nullable ScanPage arrived;
    private volatile @Nullable TikvException failure;

    // Only touched while working
    private ScanCursor cursor;
    private List<KvPair> page = List.of();
    private int position;
    private boolean fetching;
    private boolean ended;

    PageSubscription(
            PagePublisher.Pages pages,
            SlowPath slowPath,
            ScanCursor cursor,
            Flow.Subscriber<? super KvPair> subscriber) {
        this.pages = pages;
        this.slowPath = slowPath;
        this.cursor = cursor;
        this.subscriber = subscriber;
    }

    @Override
    public void request(long count) {
        if (count <= 0) {
            illegalRequest = true;
        } else {
            demand.accumulateAndGet(count, PageSubscription::saturatedSum);
        }
        work.ask();
    }

    private static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    public void cancel() {
        cancelled = true;
        work.ask();
    }

    @Override
    public void succeed(ScanPage result) {
        arrived = result;
        work.ask();
    }

    @Override
    public void fail(TikvException why) {
        failure = why;
        work.ask();
    }

    private void round() {
        try {
            advance();
        } catch (RuntimeException | Error broken) {
            cancelled = true;
            slowPath.onListenerFailure(broken);
        }
    }

    private void advance() {
        if (ended) {
            return;
        }
        if (cancelled) {
            end();
            return;
        }
        if (illegalRequest) {
            end();
            subscriber.onError(new IllegalArgumentException("demand must be positive (Reactive Streams rule 3.9)"));
            return;
        }
        deliver();
    }

    private void deliver() {
        while (!cancelled) {
            takeArrived();
            prefetch();
            long allowed = demand.get();
            long delivered = 0;
            while (delivered < allowed && position < page.size() && !cancelled) {
                subscriber.onNext(page.get(position++));
                delivered++;
            }
            if (delivered > 0 && allowed != Long.MAX_VALUE) {
                demand.addAndGet(-delivered);
            }
            if (cancelled || finished() || delivered == 0) {
                return;
            }
        }
        end();
    }

    private void takeArrived() {
        ScanPage next = arrived;
        if (next != null && position == page.size()) {
            arrived = null;
            fetching = false;
            page = next.pairs();
            position = 0;
            cursor = next.next();
        }
    }

    private void prefetch() {
        boolean wanted = demand.get() > 0 || position < page.size();
        if (!fetching && wanted && failure == null && !cursor.isDone()) {
            fetching = true;
            pages.read(cursor, this);
        }
    }

    /** Signals the end, once everything read has been delivered. */
    private boolean finished() {
        if (position < page.size() || arrived != null) {
            return false;
        }
        TikvException why = failure;
        if (why != null) {
            end();
            subscriber.onError(why);
        } else if (!fetching && cursor.isDone()) {
            end();
            subscriber.onComplete();
        }
        return ended;
    }

    private void end() {
        ended = true;
        page = List.of();
        position = 0;
        arrived = null;
    }
}
