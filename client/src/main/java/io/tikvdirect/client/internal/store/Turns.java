package io.tikvdirect.client.internal.store;

import java.util.function.BooleanSupplier;

/**
 * Thread-safe. Does work in rounds, on whatever thread asks; work that asks for another round while it is being done on the
 * same thread gets one afterwards, so that the stack does not grow.
 */
final class Turns {

    @SuppressWarnings("ThreadLocalUsage") // one per pool and thread, gone with the pool
    private final ThreadLocal<Turn> turns = ThreadLocal.withInitial(Turn::new);

    private final BooleanSupplier round;

    /**
     * Work to be done.
     *
     * @param round does some of it; true when there may be more
     */
    Turns(BooleanSupplier round) {
        this.round = round;
    }

    /** Does rounds until there is no more to do, or leaves that to the call of this method that is under way. */
    void take() {
        Turn turn = turns.get();
        turn.again = true;
        if (turn.underway) {
            return;
        }
        turn.underway = true;
        try {
            while (turn.again) {
                turn.again = false;
                boolean more = round.getAsBoolean();
                turn.again |= more; // as it is after the round, which may have asked for another one
            }
        } finally {
            turn.underway = false;
        }
    }

    /** Confined to its thread. Whether it works right now, and has to look once more. */
    private static final class Turn {
        private boolean underway;
        private boolean again;
    }
}
