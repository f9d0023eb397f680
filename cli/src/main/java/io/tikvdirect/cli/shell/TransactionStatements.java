package io.tikvdirect.cli.shell;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.ReplicaRead;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Pipelining;
import io.tikvdirect.client.txn.RangeOptions;
import io.tikvdirect.client.txn.Snapshot;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. Executes what begins transactions and snapshots, and what works on them by their names.
 *
 * <p>An answer is given when nothing goes on in the background of the transaction any more, so that what a line finds does
 * not depend on how fast the line before it was cleaned up after. What is open when the client closes is rolled back.
 */
final class TransactionStatements {
    /** No longer than this an answer waits for locks to be removed; whoever meets one later deals with it. */
    private static final Duration SETTLE = Duration.ofSeconds(10);

    /** What TiDB keeps readable unless told otherwise. */
    private static final Duration GC_LIFE = Duration.ofMinutes(10);

    private static final Map<String, ReplicaRead> REPLICAS = new TreeMap<>(Map.of(
            "leader", ReplicaRead.LEADER,
            "follower", ReplicaRead.FOLLOWER,
            "prefer-leader", ReplicaRead.PREFER_LEADER,
            "closest", ReplicaRead.CLOSEST,
            "mixed", ReplicaRead.MIXED));

    private static final Set<String> ENDS = Set.of("T commit", "T rollback");

    private final TikvClient client;
    private final Map<String, Transaction> transactions = new HashMap<>();
    private final Map<String, Snapshot> snapshots = new HashMap<>();
    private final Set<String> open = new HashSet<>();

    TransactionStatements(TikvClient client) {
        this.client = client;
    }

    Answer begin(Statement statement) throws StatementException {
        String name = statement.text(0);
        if (open.contains(name)) {
            throw new StatementException("transaction " + name + " is still open");
        }
        TransactionOptions options = options(statement);
        TransactionClient all = client.transactions();
        Timestamp start = timestamp(statement, "--start-ts");
        Transaction begun = start == null ? all.begin(options) : all.begin(options, start);
        transactions.put(name, begun);
        open.add(name);
        snapshots.remove(name);
        return timestamp(begun.startTimestamp());
    }

    private static TransactionOptions options(Statement statement) throws StatementException {
        return TransactionOptions.DEFAULT
                .withPipelining(statement.has("--pipelined") ? Pipelining.DEFAULT : null)
                .withPessimistic(isPessimistic(statement))
                .withAsyncCommit(statement.has("--async-commit"))
                .withOnePhaseCommit(statement.has("--1pc"))
                .withCausalConsistency(statement.has("--causal"));
    }

    private static boolean isPessimistic(Statement statement) throws StatementException {
        String kind = statement.arguments().size() < 2 ? "optimistic" : statement.text(1);
        if (!kind.equals("optimistic") && !kind.equals("pessimistic")) {
            throw new StatementException("a transaction is optimistic or pessimistic, not " + kind);
        }
        return kind.equals("pessimistic");
    }

    private static @Nullable Timestamp timestamp(Statement statement, String option) throws StatementException {
        String text = statement.option(option);
        if (text == null) {
            return null;
        }
        try {
            return new Timestamp(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            throw new StatementException(option + " needs a timestamp, not \"" + text + "\"", e);
        }
    }

    private static Answer timestamp(Timestamp timestamp) {
        return Answer.of("ts", timestamp.version(), List.of(timestamp.toString()));
    }

    Answer snapshot(Statement statement) throws StatementException {
        SnapshotOptions options =
                SnapshotOptions.DEFAULT.withReplicaRead(replica(statement)).withStaleRead(statement.has("--stale"));
        String name = statement.text(0);
        if (open.contains(name)) {
            throw new StatementException("transaction " + name + " is still open");
        }
        Timestamp asked = timestamp(statement, "--ts");
        Snapshot made = client.transactions()
                .snapshot(asked == null ? client.transactions().timestamp() : asked)
                .with(options);
        snapshots.put(name, made);
        transactions.remove(name);
        return timestamp(made.timestamp());
    }

    private static ReplicaRead replica(Statement statement) throws StatementException {
        String name = statement.option("--replica");
        ReplicaRead replica = name == null ? ReplicaRead.LEADER : REPLICAS.get(name);
        if (replica == null) {
            throw new StatementException("--replica is one of " + REPLICAS.keySet() + ", not \"" + name + "\"");
        }
        return replica;
    }

    /** Collects what was not visible any more ten minutes ago, or at a timestamp. */
    Answer collectGarbage(Statement statement) throws StatementException {
        Timestamp wanted = statement.arguments().isEmpty()
                ? client.transactions().staleTimestamp(GC_LIFE)
                : safePoint(statement.text(0));
        Timestamp reached = client.transactions().maintenance().collectGarbage(wanted, RangeOptions.DEFAULT);
        return Answer.of(
                "safe_point", reached.version(), List.of("nothing before " + reached + " can be read any more"));
    }

    private static Timestamp safePoint(String text) throws StatementException {
        try {
            return new Timestamp(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            throw new StatementException("gc needs a timestamp, not \"" + text + "\"", e);
        }
    }

    /** Whether anything was begun: then the shell is about keys of transactions. */
    boolean areUsed() {
        return !transactions.isEmpty() || !snapshots.isEmpty();
    }

    Answer split(Statement statement) {
        client.transactions().splitRegions(statement.arguments());
        return Answer.done();
    }

    /** Executes what works on a transaction or snapshot. */
    Answer execute(Statement statement) throws StatementException {
        Snapshot snapshot = snapshots.get(statement.target());
        if (snapshot != null) {
            return onSnapshot(snapshot, statement);
        }
        Transaction transaction = transactions.get(statement.target());
        if (transaction == null) {
            throw new StatementException("no transaction or snapshot is called " + statement.target());
        }
        if (!open.contains(statement.target())) {
            throw new StatementException(ErrorCode.TRANSACTION_ABORTED, "the transaction is over");
        }
        if (ENDS.contains(statement.form().name())) {
            open.remove(statement.target()); // whatever comes of it
        }
        try {
            return onTransaction(transaction, statement);
        } finally {
            client.transactions().awaitBackground(SETTLE);
        }
    }

    private static Answer onSnapshot(Snapshot snapshot, Statement statement) throws StatementException {
        return switch (statement.form().name()) {
            case "T get" -> Answer.value(snapshot.get(statement.argument(0)));
            case "T mget" -> Answer.values(snapshot.batchGet(statement.arguments()));
            case "T scan" -> Answer.pairs(snapshot.scan(statement.scanRange(), statement.scanOptions()), false);
            default -> throw new StatementException("a snapshot only reads");
        };
    }

    private static Answer onTransaction(Transaction transaction, Statement statement) throws StatementException {
        return switch (statement.form().name()) {
            case "T get" -> Answer.value(transaction.get(statement.argument(0)));
            case "T mget" -> Answer.values(transaction.batchGet(statement.arguments()));
            case "T scan" -> Answer.pairs(transaction.scan(statement.scanRange(), statement.scanOptions()), false);
            case "T lock" -> lock(transaction, statement);
            case "T commit" -> commit(transaction);
            case "T rollback" -> {
                transaction.rollback();
                yield Answer.done();
            }
            default -> write(transaction, statement);
        };
    }

    private static Answer write(Transaction transaction, Statement statement) throws StatementException {
        byte[] key = statement.argument(0);
        switch (statement.form().name()) {
            case "T put" -> transaction.put(key, statement.argument(1));
            case "T insert" -> transaction.insert(key, statement.argument(1));
            case "T del" -> transaction.delete(key);
            default ->
                throw new StatementException("no statement: " + statement.form().name());
        }
        return Answer.done();
    }

    private static Answer lock(Transaction transaction, Statement statement) throws StatementException {
        LockOptions options = LockOptions.DEFAULT;
        if (statement.option("--wait") != null) {
            long waitMs = statement.number("--wait", 0);
            if (waitMs < 1) {
                throw new StatementException("--wait needs a number of milliseconds");
            }
            options = options.withWait(Duration.ofMillis(waitMs));
        }
        options = statement.has("--nowait") ? options.noWait() : options;
        boolean values = statement.has("--return-values");
        List<byte @Nullable []> found =
                transaction.lock(statement.arguments(), values ? options.returningValues() : options);
        return values ? Answer.values(found) : Answer.done();
    }

    /** A transaction that wrote nothing commits at its start, in the mode that asks for nothing. */
    private static Answer commit(Transaction transaction) {
        Timestamp committed = transaction.commit();
        CommitMode mode = transaction.commitMode();
        String label = label(mode == null ? CommitMode.TWO_PHASES : mode);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("commit_ts", committed.version());
        fields.put("mode", label);
        return Answer.of(fields, List.of("committed at " + committed + " (" + label + ")"));
    }

    private static String label(CommitMode mode) {
        return switch (mode) {
            case TWO_PHASES -> "2pc";
            case ASYNC -> "async";
            case ONE_PHASE -> "1pc";
        };
    }
}
