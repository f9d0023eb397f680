package io.tikvdirect.integration.differential;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.tikvdirect.cli.text.EscapedBytes;
import io.tikvdirect.cli.text.ShellWords;
import io.tikvdirect.cli.text.Word;
import io.tikvdirect.cli.text.WordSyntaxException;
import io.tikvdirect.client.ApiVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Confined to one thread. The raw half of the language over sorted maps: no client, no cluster, a third opinion. It
 * knows what a statement means, as TiKV and the shell's description have it, and nothing of how it comes about. Time
 * stands still in it: nothing expires.
 */
final class Model implements Stack {
    static final int MAX_LIMIT = 10_240;
    private static final int MAX_KEY_BYTES = 8192;

    private final ApiVersion api;
    private final RawSpace space = new RawSpace();

    Model(ApiVersion api) {
        this.api = api;
    }

    @Override
    public String name() {
        return "model";
    }

    @Override
    public void close() {
        // Nothing is held
    }

    @Override
    public String answer(String statement) {
        JsonObject answer = new JsonObject();
        try {
            answer.addProperty("ok", true);
            execute(new Words(ShellWords.split(statement)), answer);
        } catch (WordSyntaxException e) {
            answer = failure(new Refusal("INVALID_ARGUMENT", String.valueOf(e.getMessage())));
        } catch (Refusal e) {
            answer = failure(e);
        }
        return answer.toString();
    }

    private static JsonObject failure(Refusal refusal) {
        JsonObject error = new JsonObject();
        error.addProperty("code", refusal.code);
        error.addProperty("message", refusal.getMessage());
        error.addProperty("retryable", false);
        error.addProperty("undetermined", false);
        JsonObject answer = new JsonObject();
        answer.addProperty("ok", false);
        answer.add("error", error);
        return answer;
    }

    private void execute(Words words, JsonObject answer) {
        switch (words.form) {
            case "raw get" ->
                answer.add(
                        "value",
                        shown(space.family(family(words)).get(key(words.only(1).get(0)))));
            case "raw put" -> put(words);
            case "raw del" -> space.family("default").remove(key(words.only(1).get(0)));
            case "raw mget" -> batchGet(words, answer);
            case "raw mput" -> batchPut(words);
            case "raw mdel" -> batchDelete(words);
            case "raw scan" -> scan(words, answer);
            case "raw delrange" -> deleteRange(words.only(2));
            case "raw cas" -> compareAndSwap(words, answer);
            case "raw ttl" -> ttl(words, answer);
            case "raw checksum" -> checksum(words, answer);
            case "split" -> split(words);
            case "regions" -> answer.add("regions", space.regions(words.only(2).get(0), words.args.get(1)));
            default -> refuseForm(words);
        }
    }

    private static void refuseForm(Words words) {
        if (words.form.equals("raw copr") || words.form.equals("ts")) {
            throw new Refusal("UNSUPPORTED", "the model has no " + words.form);
        }
        throw invalid("unknown statement");
    }

    private void put(Words words) {
        List<byte[]> args = words.only(2);
        long ttl = ttlAsked(words);
        String family = family(words);
        requireTtl(ttl);
        space.family(family).put(key(args.get(0)), new RawSpace.Entry(args.get(1), ttl));
    }

    private void batchGet(Words words, JsonObject answer) {
        JsonArray values = new JsonArray();
        for (byte[] key : words.some(1)) {
            values.add(shown(space.family("default").get(key(key))));
        }
        answer.add("values", values);
    }

    private void batchPut(Words words) {
        List<byte[]> args = words.some(2);
        if (args.size() % 2 != 0) {
            throw invalid("a key without a value");
        }
        long ttl = ttlAsked(words);
        requireTtl(ttl);
        for (int i = 0; i < args.size(); i += 2) {
            key(args.get(i));
        }
        for (int i = 0; i < args.size(); i += 2) {
            space.family("default").put(args.get(i), new RawSpace.Entry(args.get(i + 1), ttl));
        }
    }

    private void batchDelete(Words words) {
        words.some(1).forEach(Model::key);
        words.args.forEach(space.family("default")::remove);
    }

    /** The bounds are held to the size of keys (TiKV's storage/mod.rs, raw_delete_range), unlike those of scans. */
    private void deleteRange(List<byte[]> bounds) {
        for (byte[] bound : bounds) {
            if (bound.length > MAX_KEY_BYTES) {
                throw invalid("bound of " + bound.length + " bytes");
            }
        }
        space.removeRange(bounds.get(0), bounds.get(1));
    }

    private void scan(Words words, JsonObject answer) {
        List<byte[]> bounds = words.only(2);
        long limit = words.number("--limit", MAX_LIMIT);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw invalid("limit");
        }
        boolean keysOnly = words.flags.contains("--keys-only");
        JsonArray pairs = new JsonArray();
        space.scan(bounds.get(0), bounds.get(1), words.flags.contains("--reverse")).stream()
                .limit(limit)
                .forEach(pair -> {
                    JsonArray shown = new JsonArray();
                    shown.add(EscapedBytes.escape(pair.getKey()));
                    if (!keysOnly) {
                        shown.add(EscapedBytes.escape(pair.getValue().value()));
                    }
                    pairs.add(shown);
                });
        answer.add("pairs", pairs);
    }

    private void compareAndSwap(Words words, JsonObject answer) {
        boolean absent = words.flags.contains("--absent");
        List<byte[]> args = words.only(absent ? 2 : 3);
        long ttl = ttlAsked(words);
        requireTtl(ttl);
        byte[] key = key(args.get(0));
        RawSpace.Entry held = space.family("default").get(key);
        boolean swapped = absent ? held == null : held != null && Arrays.equals(held.value(), args.get(1));
        if (swapped) {
            space.family("default").put(key, new RawSpace.Entry(args.get(args.size() - 1), ttl));
        }
        answer.addProperty("swapped", swapped);
        answer.add("previous", shown(held));
    }

    private void ttl(Words words, JsonObject answer) {
        requireTtl(1);
        byte[] key = key(words.only(1).get(0));
        RawSpace.Entry held = space.family("default").get(key);
        if (held == null) {
            answer.add("ttl", JsonNull.INSTANCE);
        } else {
            answer.addProperty("ttl", held.ttl());
        }
    }

    private void checksum(Words words, JsonObject answer) {
        List<byte[]> bounds = words.only(2);
        byte[] keyPrefix = api == ApiVersion.V2 ? new byte[] {'r', 0, 0, 0} : new byte[0];
        long xor = 0;
        long bytes = 0;
        var pairs = space.scan(bounds.get(0), bounds.get(1), false);
        for (var pair : pairs) {
            xor ^= Crc64.of(keyPrefix, pair.getKey(), pair.getValue().value());
            bytes += keyPrefix.length + pair.getKey().length + pair.getValue().value().length;
        }
        answer.addProperty("crc64_xor", String.format("%016x", xor));
        answer.addProperty("kvs", pairs.size());
        answer.addProperty("bytes", bytes);
    }

    private void split(Words words) {
        for (byte[] key : words.some(1)) {
            if (key.length == 0) {
                throw invalid("a region cannot be split at the empty key");
            }
        }
        space.split(words.args);
    }

    private static byte[] key(byte[] key) {
        if (key.length == 0 || key.length > MAX_KEY_BYTES) {
            throw invalid("key of " + key.length + " bytes");
        }
        return key;
    }

    private String family(Words words) {
        String name = words.options.get("--cf");
        if (name == null) {
            return "default";
        }
        if (api == ApiVersion.V2 || !List.of("default", "write", "lock").contains(name)) {
            throw invalid("column family " + name);
        }
        return name;
    }

    private static long ttlAsked(Words words) {
        long ttl = words.number("--ttl", 0);
        if (ttl < 0) {
            throw invalid("ttl");
        }
        return ttl;
    }

    private void requireTtl(long ttl) {
        if (ttl != 0 && api == ApiVersion.V1) {
            throw new Refusal("TTL_NOT_SUPPORTED", "API V1 has no TTL");
        }
    }

    private static com.google.gson.JsonElement shown(RawSpace.Entry entry) {
        return entry == null
                ? JsonNull.INSTANCE
                : new com.google.gson.JsonPrimitive(EscapedBytes.escape(entry.value()));
    }

    static Refusal invalid(String message) {
        return new Refusal("INVALID_ARGUMENT", message);
    }

    /** A statement that fails. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;

        Refusal(String code, String message) {
            super(message);
            this.code = code;
        }
    }

    /** The words of a statement, told apart. */
    private static final class Words {
        private static final List<String> VALUES = List.of("--cf", "--ttl", "--limit");
        private static final List<String> FLAGS = List.of("--reverse", "--keys-only", "--absent");

        private final String form;
        private final List<byte[]> args = new ArrayList<>();
        private final List<String> flags = new ArrayList<>();
        private final java.util.Map<String, String> options = new java.util.HashMap<>();

        Words(List<Word> words) {
            boolean raw = words.size() > 1 && words.get(0).text().equals("raw");
            form = raw ? "raw " + words.get(1).text() : words.get(0).text();
            for (int i = raw ? 2 : 1; i < words.size(); i++) {
                Word word = words.get(i);
                if (!word.isOption()) {
                    args.add(word.bytes());
                } else if (FLAGS.contains(word.text())) {
                    flags.add(word.text());
                } else if (VALUES.contains(word.text()) && i + 1 < words.size()) {
                    options.put(word.text(), words.get(++i).text());
                } else {
                    throw invalid("option " + word.text());
                }
            }
        }

        List<byte[]> only(int count) {
            if (args.size() != count) {
                throw invalid(args.size() + " arguments");
            }
            return args;
        }

        List<byte[]> some(int atLeast) {
            if (args.size() < atLeast) {
                throw invalid(args.size() + " arguments");
            }
            return args;
        }

        long number(String option, long otherwise) {
            String text = options.get(option);
            try {
                return text == null ? otherwise : Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw invalid(option + " " + text);
            }
        }
    }
}
