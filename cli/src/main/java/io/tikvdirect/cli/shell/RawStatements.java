package io.tikvdirect.cli.shell;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.CasResult;
import io.tikvdirect.client.raw.KeyTtl;
import io.tikvdirect.client.raw.RawChecksum;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.RawCoprocessorRequest;
import io.tikvdirect.client.raw.RawCoprocessorResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Executes the {@code raw} statements.
 *
 * <p>All of them run in atomic mode, so that {@code raw cas} is linearizable with the writes of every other shell.
 */
final class RawStatements {
    private final RawClient raw;

    RawStatements(RawClient raw) {
        this.raw = raw.with(raw.options().withAtomic(true));
    }

    Answer execute(Statement statement) throws StatementException {
        return switch (statement.form().name()) {
            case "raw get" -> get(statement);
            case "raw put" -> put(statement);
            case "raw del" -> delete(statement);
            case "raw mget" -> batchGet(statement);
            case "raw mput" -> batchPut(statement);
            case "raw mdel" -> batchDelete(statement);
            case "raw scan" -> scan(statement);
            case "raw delrange" -> deleteRange(statement);
            case "raw cas" -> compareAndSwap(statement);
            case "raw ttl" -> ttl(statement);
            case "raw checksum" -> checksum(statement);
            case "raw copr" -> coprocessor(statement);
            default ->
                throw new StatementException(
                        "no raw statement: " + statement.form().name());
        };
    }

    private Answer get(Statement statement) {
        return Answer.value(in(statement).get(statement.argument(0)));
    }

    private Answer put(Statement statement) throws StatementException {
        Duration ttl = statement.ttl();
        if (ttl == null) {
            in(statement).put(statement.argument(0), statement.argument(1));
        } else {
            in(statement).put(statement.argument(0), statement.argument(1), ttl);
        }
        return Answer.done();
    }

    private Answer delete(Statement statement) {
        raw.delete(statement.argument(0));
        return Answer.done();
    }

    private Answer batchGet(Statement statement) {
        return Answer.values(raw.batchGet(statement.arguments()));
    }

    private Answer batchPut(Statement statement) throws StatementException {
        if (statement.arguments().size() % 2 != 0) {
            throw new StatementException(
                    "a key without a value; usage: " + statement.form().usage());
        }
        List<KvPair> pairs = new ArrayList<>();
        for (int i = 0; i < statement.arguments().size(); i += 2) {
            pairs.add(new KvPair(statement.argument(i), statement.argument(i + 1)));
        }
        Duration ttl = statement.ttl();
        if (ttl == null) {
            raw.batchPut(pairs);
        } else {
            raw.batchPut(pairs, ttl);
        }
        return Answer.done();
    }

    private Answer batchDelete(Statement statement) {
        raw.batchDelete(statement.arguments());
        return Answer.done();
    }

    private Answer scan(Statement statement) throws StatementException {
        return Answer.pairs(raw.scan(statement.scanRange(), statement.scanOptions()), statement.has("--keys-only"));
    }

    private Answer deleteRange(Statement statement) {
        raw.deleteRange(range(statement, 0));
        return Answer.done();
    }

    private Answer compareAndSwap(Statement statement) throws StatementException {
        boolean absent = statement.has("--absent");
        if (statement.arguments().size() != (absent ? 2 : 3)) {
            throw new StatementException("usage: " + statement.form().usage());
        }
        byte[] key = statement.argument(0);
        byte[] expected = absent ? null : statement.argument(1);
        byte[] value = statement.argument(absent ? 1 : 2);
        Duration ttl = statement.ttl();
        CasResult result =
                ttl == null ? raw.compareAndSwap(key, expected, value) : raw.compareAndSwap(key, expected, value, ttl);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("swapped", result.swapped());
        fields.put("previous", Answer.json(result.previous()));
        String previous = Answer.shown(result.previous());
        return Answer.of(fields, List.of((result.swapped() ? "swapped" : "not swapped") + ", it held " + previous));
    }

    private Answer ttl(Statement statement) {
        KeyTtl ttl = raw.keyTtl(statement.argument(0));
        if (!ttl.exists()) {
            return Answer.of("ttl", null, List.of(Answer.ABSENT));
        }
        return Answer.of("ttl", ttl.seconds(), List.of(ttl.expires() ? ttl.seconds() + " s" : "never expires"));
    }

    private Answer checksum(Statement statement) {
        RawChecksum checksum = raw.checksum(range(statement, 0));
        String crc = String.format(Locale.ROOT, "%016x", checksum.crc64Xor());
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("crc64_xor", crc);
        fields.put("kvs", checksum.totalKvs());
        fields.put("bytes", checksum.totalBytes());
        return Answer.of(
                fields, List.of(crc + ", " + checksum.totalKvs() + " pairs, " + checksum.totalBytes() + " bytes"));
    }

    private Answer coprocessor(Statement statement) {
        byte[] data = statement.argument(4);
        RawCoprocessorRequest request = new RawCoprocessorRequest(
                statement.text(0), statement.text(1), List.of(range(statement, 2)), part -> data);
        List<RawCoprocessorResponse> responses = raw.coprocessor(request);
        List<@Nullable String> shown = new ArrayList<>();
        List<String> text = new ArrayList<>();
        for (RawCoprocessorResponse response : responses) {
            shown.add(Answer.json(response.data()));
            text.add(Answer.shown(response.data()));
        }
        return Answer.of("responses", shown, text);
    }

    private RawClient in(Statement statement) {
        String columnFamily = statement.option("--cf");
        return columnFamily == null ? raw : raw.with(raw.options().withColumnFamily(columnFamily));
    }

    private static KeyRange range(Statement statement, int first) {
        return KeyRange.of(statement.argument(first), statement.argument(first + 1));
    }
}
