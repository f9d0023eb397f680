package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.internal.time.EarliestDeadline;
import java.util.ArrayList;
import java.util.List;

/** Confined to PD's event loop. One look at those who wait: who is late, and when to look again. */
final class DueTimestamps {

    private final long nowNs;
    private final List<TimestampRequest> due = new ArrayList<>();
    private long earliestNs = EarliestDeadline.NONE;

    DueTimestamps(final long nowNs) {
        this.nowNs = nowNs;
    }

    /** Looks at one; takes it when its time is over. One that nobody waits for need not be looked at again. */
    boolean takes(final TimestampRequest request) {
        final long deadlineNs = request.deadlineNs();
        if (deadlineNs - nowNs <= 0) {
            due.add(request);
            return true;
        }
        if (request.isWanted() && (earliestNs == EarliestDeadline.NONE || deadlineNs - earliestNs < 0)) {
            earliestNs = deadlineNs;
        }
        return false;
    }

    /** Those whose time is over. */
    List<TimestampRequest> taken() {
        return due;
    }

    /** The next deadline; {@link EarliestDeadline#NONE} when nobody waits. */
    long earliestNs() {
        return earliestNs;
    }
}
