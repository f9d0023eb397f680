package io.tikvdirect.integration.differential;

import io.tikvdirect.client.ApiVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Confined to its main thread. The command {@code integration/differential}. */
final class Differential {
    private static final int NO_GO = 3;
    private static final int WRONG_USAGE = 2;
    static final List<String> RAW_PAIRS = List.of(
            "ours@embedded,model",
            "ours@embedded,ours@independent",
            "ours@embedded,client-go@embedded",
            "client-go@independent,ours@embedded");
    static final List<String> TXN_PAIRS = List.of(
            "ours@embedded,client-go@embedded",
            "ours@independent,ours@embedded",
            "client-go@independent,ours@embedded");

    private long seed = System.nanoTime() & 0xffff_ffffL;
    private long programs = 300;
    private Duration most = Duration.ofDays(1);
    private List<ApiVersion> apis = List.of(ApiVersion.values());
    private List<String> kinds = List.of("raw", "txn");
    private List<String> pairs = List.of();

    private Differential() {}

    public static void main(String[] arguments) throws IOException {
        Differential differential = new Differential();
        int code;
        try {
            differential.read(arguments);
            code = differential.run();
        } catch (IllegalArgumentException e) {
            System.err.println("integration/differential: " + e.getMessage());
            System.err.println("Try 'integration/differential --help'.");
            code = WRONG_USAGE;
        } catch (GoMissingException e) {
            code = NO_GO; // the script has said so
        }
        System.exit(code);
    }

    private void read(String[] arguments) {
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " needs a value");
            }
            option(arguments[i], arguments[i + 1]);
        }
    }

    private void option(String name, String value) {
        switch (name) {
            case "--seed" -> seed = Long.parseLong(value);
            case "--programs" -> programs = Long.parseLong(value);
            case "--minutes" -> {
                most = Duration.ofSeconds(Math.round(Double.parseDouble(value) * 60));
                programs = Long.MAX_VALUE / 2;
            }
            case "--api" -> apis = apis(value);
            case "--kind" -> kinds = kinds(value);
            case "--stacks" -> pairs = List.of(value);
            default -> throw new IllegalArgumentException("there is no option " + name);
        }
    }

    private static List<ApiVersion> apis(String names) {
        List<ApiVersion> all = new ArrayList<>();
        for (String name : names.split(",")) {
            all.add(ApiVersion.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return all;
    }

    private static List<String> kinds(String names) {
        List<String> all = List.of(names.split(","));
        if (!List.of("raw", "txn").containsAll(all)) {
            throw new IllegalArgumentException("--kind is raw, txn or raw,txn");
        }
        return all;
    }

    private int run() throws IOException {
        List<DifferentialRun> runs = new ArrayList<>();
        for (String kind : kinds) {
            for (ApiVersion api : apis) {
                boolean none = kind.equals("txn") && api == ApiVersion.V1TTL; // a store with TTL on API V1 is raw only
                if (!none) {
                    pairs(kind).forEach(pair -> runs.add(run(kind, pair, api)));
                }
            }
        }
        int differing = 0;
        for (DifferentialRun run : runs) {
            Report report = run.run(seed, programs, most.dividedBy(runs.size()));
            System.out.print(report.text());
            System.out.flush();
            differing += report.differs() ? 1 : 0;
        }
        System.out.println(differing == 0 ? "no difference" : differing + " of " + runs.size() + " runs differ");
        return differing == 0 ? 0 : 1;
    }

    private List<String> pairs(String kind) {
        if (!pairs.isEmpty()) {
            return pairs;
        }
        return kind.equals("raw") ? RAW_PAIRS : TXN_PAIRS;
    }

    /** The run of a pair like {@code ours@embedded,model}. */
    static DifferentialRun run(String kind, String pair, ApiVersion api) {
        String[] names = pair.split(",");
        if (names.length != 2) {
            throw new IllegalArgumentException("--stacks needs two, separated by a comma");
        }
        StackSpec first = StackSpec.parse(names[0]);
        StackSpec second = StackSpec.parse(names[1]);
        if (first.usesGivenCluster() && second.usesGivenCluster()) {
            throw new IllegalArgumentException("two stacks on clusters that are given would meet each other's keys");
        }
        boolean openRanges = !first.usesGivenCluster() && !second.usesGivenCluster();
        // unistore is no independent truth about these, see docs/testing.md
        boolean whole = first.server().equals(second.server()) || !pair.contains("independent");
        ProgramSource source = kind.equals("raw") ? new RawPrograms(api, openRanges) : new TxnPrograms(api, whole);
        return new DifferentialRun(kind, first, second, api, source);
    }
}
