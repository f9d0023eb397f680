package io.tikvdirect.client.internal.pd;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Confined to PD's event loop. Requests that travel together, in the order of their timestamps; used again and again. */
final class TimestampBatch {

    private static final int FIRST_CAPACITY = 64;

    private @Nullable TimestampRequest[] requests = new TimestampRequest[FIRST_CAPACITY];
    private int size;
    private long sentNs;

    void add(final TimestampRequest request) {
        if (size == requests.length) {
            requests = Arrays.copyOf(requests, 2 * size);
        }
        requests[size++] = request;
    }

    /** How many timestamps are asked for; also for those who have left since. */
    int size() {
        return size;
    }

    /** Gives the one that waits for a timestamp, which leaves; null: it has left before. */
    @Nullable
    TimestampRequest take(final int index) {
        final TimestampRequest request = requests[index];
        requests[index] = null;
        return request;
    }

    /** Lets those leave who are taken elsewhere; timestamps are asked for all the same. */
    void leave(final DueTimestamps elsewhere) {
        for (int i = 0; i < size; i++) {
            final TimestampRequest request = requests[i];
            if (request != null && elsewhere.takes(request)) {
                requests[i] = null;
            }
        }
    }

    void onSent(final long nowNs) {
        sentNs = nowNs;
    }

    /** When it was sent. */
    long sentNs() {
        return sentNs;
    }

    /** Forgets everybody, for another use. */
    void clear() {
        Arrays.fill(requests, 0, size, null);
        size = 0;
    }
}
