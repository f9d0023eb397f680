package io.tikvdirect.integration.differential;

import io.tikvdirect.client.ApiVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Confined to one thread. Generates programs of several transactions and snapshots that are open at the same time: the
 * same seed gives the same program.
 *
 * <p>A program has one thread, so nothing in it may wait for a later line. The generator therefore keeps account of
 * who holds pessimistic locks: locks are asked for with {@code --nowait} or a short {@code --wait}, and nobody commits
 * a write to a key that another one holds. Nor does a pessimistic transaction write what it has not locked: our client
 * looks for conflicts then, client-go does not. Empty keys are left out: a real store dies of one in a prewrite.
 *
 * <p>Nor do two transactions have one start timestamp, by which stores tell them apart. Those given by {@code --start-ts}
 * come from {@code ts} therefore, each for one transaction, and not from a commit: the timestamp of a commit in one phase
 * may be one above all that PD gave, and is the next transaction's start then.
 */
final class TxnPrograms implements ProgramSource {
    private static final int LONGEST_KEY = 200;
    private static final int LEAST_COMMANDS = 10;
    private static final int MOST_COMMANDS = 40;
    private static final int WAIT_MS = 20;
    private static final String[] NAMES = {"t1", "t2", "t3", "t4"};
    private static final String[] SNAPSHOTS = {"s1", "s2"};

    private final ApiVersion api;
    private final boolean whole;

    /**
     * A generator.
     *
     * @param whole whether everything may be asked: not scans backwards, which unistore does without regard to the
     *     timestamp, nor locks on keys that are not written then, which it forgets at the commit, nor causal commits,
     *     whose timestamps depend on what each store was asked before
     */
    TxnPrograms(ApiVersion api, boolean whole) {
        this.api = api;
        this.whole = whole;
    }

    @Override
    public Program program(long seed) {
        Builder builder = new Builder(new Draw(seed, LONGEST_KEY), whole);
        int count = builder.draw.between(LEAST_COMMANDS, MOST_COMMANDS);
        while (builder.commands.size() < count) {
            builder.next();
        }
        return new Program("seed " + seed, api, builder.commands);
    }

    /** An open transaction, as far as who waits for whom depends on it. */
    private static final class Open {
        private final boolean pessimistic;
        private final Set<String> writes = new HashSet<>();
        private final Set<String> held = new HashSet<>(); // surely
        private final Set<String> asked = new HashSet<>(); // and perhaps held

        Open(boolean pessimistic) {
            this.pessimistic = pessimistic;
        }
    }

    /** Makes one program. */
    private static final class Builder {
        private final Draw draw;
        private final boolean whole;
        private final List<Command> commands = new ArrayList<>();
        private final Map<String, Open> open = new TreeMap<>();
        private final Set<String> snapshots = new HashSet<>();
        private final List<Integer> timestamps = new ArrayList<>(); // commands that answer one
        private final List<Integer> starts = new ArrayList<>(); // those whose timestamp is nobody's start

        Builder(Draw draw, boolean whole) {
            this.draw = draw;
            this.whole = whole;
        }

        void next() {
            int kind = draw.between(0, 99);
            if (open.isEmpty() || (kind < 14 && open.size() < NAMES.length)) {
                begin();
            } else if (kind < 24) {
                snapshotOrTimestamp();
            } else if (kind < 27) {
                add("split", "", new Piece.Key(draw.place()));
            } else if (kind < 45) {
                read(draw.oneIn(3) && !snapshots.isEmpty() ? anyOf(snapshots) : anyOf(open.keySet()));
            } else if (kind < 84) {
                write(anyOf(open.keySet()));
            } else {
                end(anyOf(open.keySet()));
            }
        }

        private String anyOf(Set<String> names) {
            List<String> sorted = new ArrayList<>(names);
            sorted.sort(null);
            return sorted.get(draw.between(0, sorted.size() - 1));
        }

        private void begin() {
            String name = draw.oneOf(NAMES);
            if (open.containsKey(name)) {
                return;
            }
            boolean pessimistic = draw.oneIn(2);
            List<Piece> pieces = new ArrayList<>();
            if (pessimistic || draw.oneIn(2)) {
                pieces.add(new Piece.Plain(pessimistic ? "pessimistic" : "optimistic"));
            }
            for (String flag : List.of("--async-commit", "--1pc", "--causal")) {
                if (draw.oneIn(3) && (whole || !flag.equals("--causal"))) {
                    pieces.add(new Piece.Plain(flag));
                }
            }
            if (!pessimistic && !starts.isEmpty() && draw.oneIn(2)) {
                int start = starts.remove(draw.between(0, starts.size() - 1));
                pieces.add(new Piece.TimestampOf("--start-ts", start));
            }
            open.put(name, new Open(pessimistic));
            timestamps.add(commands.size() + 1);
            add("begin", name, pieces.toArray(Piece[]::new));
        }

        private int anyTimestamp() {
            return timestamps.get(draw.between(0, timestamps.size() - 1));
        }

        private void snapshotOrTimestamp() {
            if (draw.oneIn(2)) {
                timestamps.add(commands.size() + 1);
                starts.add(commands.size() + 1);
                add("ts", "");
                return;
            }
            String name = draw.oneOf(SNAPSHOTS);
            snapshots.add(name);
            if (!timestamps.isEmpty() && draw.oneIn(2)) {
                add("snapshot", name, new Piece.TimestampOf("--ts", anyTimestamp()));
            } else {
                add("snapshot", name);
            }
        }

        private void read(String name) {
            switch (draw.between(0, 3)) {
                case 0 -> add("get", name, key(draw.key()));
                case 1 -> add("mget", name, key(draw.key()), key(draw.key()), key(draw.key()));
                default -> scan(name);
            }
        }

        private void scan(String name) {
            List<Piece> pieces = new ArrayList<>(List.of(key(draw.place()), key(draw.place())));
            if (draw.oneIn(2)) { // all of the program's keys
                pieces = new ArrayList<>(List.of(key(new byte[0]), key(Draw.latin1("\377\377\377"))));
            }
            if (draw.oneIn(3)) {
                pieces.add(new Piece.Number("--limit", draw.oneOf(0, 1, 2, 3, Model.MAX_LIMIT, Model.MAX_LIMIT + 1)));
            }
            if (draw.oneIn(2) && whole) {
                pieces.add(new Piece.Plain("--reverse"));
            }
            add("scan", name, pieces.toArray(Piece[]::new));
        }

        private void write(String name) {
            byte[] key = draw.key();
            Open txn = open.get(name);
            if (draw.oneIn(3) || (txn.pessimistic && !txn.held.contains(id(key)))) {
                lock(name, txn, key);
                return;
            }
            txn.writes.add(id(key));
            byte[] value = draw.oneIn(40) ? new byte[0] : draw.commonValue();
            switch (draw.between(0, 5)) {
                case 0 -> add("insert", name, key(key), new Piece.Value(value));
                case 1 -> add("del", name, key(key));
                default -> add("put", name, key(key), new Piece.Value(value));
            }
        }

        private void lock(String name, Open txn, byte[] key) {
            List<Piece> pieces = new ArrayList<>(List.of(key(key)));
            if (txn.pessimistic) {
                boolean free = open.values().stream().noneMatch(other -> other != txn && other.asked.contains(id(key)));
                if (!free && !whole) { // would be followed by a write, perhaps without the lock
                    add("get", name, key(key));
                    return;
                }
                pieces.add(draw.oneIn(4) ? new Piece.Plain("--wait " + WAIT_MS) : new Piece.Plain("--nowait"));
                txn.asked.add(id(key));
                if (free) {
                    txn.held.add(id(key));
                }
            }
            if (txn.pessimistic ? draw.oneIn(3) : draw.oneIn(20)) {
                pieces.add(new Piece.Plain("--return-values"));
            }
            txn.writes.add(id(key));
            add("lock", name, pieces.toArray(Piece[]::new));
            if (!whole) {
                add("put", name, key(key), new Piece.Value(draw.commonValue()));
            }
        }

        /** Ends a transaction; if a commit would have to wait for another one's lock, with a rollback. */
        private void end(String name) {
            Open txn = open.remove(name);
            boolean waits = open.values().stream()
                    .anyMatch(other -> other.asked.stream().anyMatch(txn.writes::contains));
            if (waits || draw.oneIn(6)) {
                add("rollback", name);
            } else {
                timestamps.add(commands.size() + 1);
                add("commit", name);
            }
            if (draw.oneIn(8)) {
                add(draw.oneOf("get", "put", "commit", "rollback"), name); // with too few words or too late
            }
        }

        private Piece key(byte[] key) {
            return new Piece.Key(key);
        }

        private String id(byte[] key) {
            return Escapes.escape(key);
        }

        private void add(String head, String name, Piece... pieces) {
            commands.add(new Command(commands.size() + 1, head, name, List.of(pieces)));
        }
    }
}
