package io.tikvdirect.client;

/** Immutable. Scheduling priority of a request inside the stores ({@code kvrpcpb.CommandPri}). */
public enum CommandPriority {
    /** Ordinary requests. */
    NORMAL(0),
    /** Background work that yields to others. */
    LOW(1),
    /** Served before others. */
    HIGH(2);

    private final int number;

    CommandPriority(int number) {
        this.number = number;
    }

    /**
     * The number on the wire.
     *
     * @return value of {@code kvrpcpb.CommandPri}
     */
    public int number() {
        return number;
    }
}
