package io.tikvdirect.cli.shell;

import java.util.List;
import java.util.Set;

/**
 * Immutable. The form of one statement of the shell: its words, how many arguments it takes and which options.
 *
 * @param name the leading words, e.g. {@code raw get}
 * @param usage the whole form as {@code help} shows it
 * @param description one sentence
 * @param minArguments fewest arguments
 * @param maxArguments most arguments
 * @param valueOptions options that are followed by a value
 * @param flags options that stand alone
 */
record StatementForm(
        String name,
        String usage,
        String description,
        int minArguments,
        int maxArguments,
        Set<String> valueOptions,
        Set<String> flags) {
    private static final int MANY = Integer.MAX_VALUE;

    /** Every statement that the shell executes, in the order of {@code help}. */
    static final List<StatementForm> ALL = List.of(
            form("raw get", "K [--cf CF]", "Reads a key.", 1, 1, Set.of("--cf"), Set.of()),
            form("raw put", "K V [--ttl SECONDS] [--cf CF]", "Writes a key.", 2, 2, Set.of("--ttl", "--cf"), Set.of()),
            form("raw del", "K", "Deletes a key.", 1, 1, Set.of(), Set.of()),
            form("raw mget", "K...", "Reads keys; answers in the order asked.", 1, MANY, Set.of(), Set.of()),
            form("raw mput", "K V [K V]... [--ttl S]", "Writes pairs.", 2, MANY, Set.of("--ttl"), Set.of()),
            form("raw mdel", "K...", "Deletes keys.", 1, MANY, Set.of(), Set.of()),
            form(
                    "raw scan",
                    "START END [--limit N] [--reverse] [--keys-only]",
                    "Reads pairs from START up to, not including, END; \"\" is unbounded. Without --limit: 10240."
                            + " --reverse begins at the upper end; then the bounds may stand in either order.",
                    2,
                    2,
                    Set.of("--limit"),
                    Set.of("--reverse", "--keys-only")),
            form("raw delrange", "START END", "Deletes every key of a range.", 2, 2, Set.of(), Set.of()),
            form(
                    "raw cas",
                    "K OLD NEW [--ttl S] | K --absent NEW",
                    "Writes NEW if the key holds OLD, or is absent; answers what it held.",
                    2,
                    3,
                    Set.of("--ttl"),
                    Set.of("--absent")),
            form("raw ttl", "K", "Remaining seconds; 0 for no expiry.", 1, 1, Set.of(), Set.of()),
            form("raw checksum", "START END", "CRC64 over a range, pairs and bytes.", 2, 2, Set.of(), Set.of()),
            form(
                    "raw copr",
                    "NAME VERSION START END DATA",
                    "Runs a raw coprocessor plug-in on the regions of a range.",
                    5,
                    5,
                    Set.of(),
                    Set.of()),
            form(
                    "begin",
                    "T [optimistic|pessimistic] [--async-commit] [--1pc] [--causal] [--pipelined] [--start-ts TS]",
                    "Begins a transaction and calls it T. What it may do follows; names are any words.",
                    1,
                    2,
                    Set.of("--start-ts"),
                    Set.of("--async-commit", "--1pc", "--causal", "--pipelined")),
            form(
                    "snapshot",
                    "S [--ts TS] [--replica leader|follower|prefer-leader|closest|mixed] [--stale]",
                    "Looks at the state of now, or of a timestamp, and calls it S; it can get, mget and scan. --stale: replicas"
                            + " serve what they have, and pass what they do not have yet to the leader.",
                    1,
                    1,
                    Set.of("--ts", "--replica"),
                    Set.of("--stale")),
            form("T get", "K", "Reads a key.", 1, 1, Set.of(), Set.of()),
            form("T mget", "K...", "Reads keys; answers in the order asked.", 1, MANY, Set.of(), Set.of()),
            form(
                    "T scan",
                    "START END [--limit N] [--reverse]",
                    "Reads pairs of a range, own writes included; the bounds are those of raw scan.",
                    2,
                    2,
                    Set.of("--limit"),
                    Set.of("--reverse")),
            form("T put", "K V", "Writes a key when T commits.", 2, 2, Set.of(), Set.of()),
            form("T insert", "K V", "Writes a key that must not exist.", 2, 2, Set.of(), Set.of()),
            form("T del", "K", "Deletes a key when T commits.", 1, 1, Set.of(), Set.of()),
            form(
                    "T lock",
                    "K... [--wait MS|--nowait] [--return-values]",
                    "Locks keys now if T is pessimistic, and when it commits if not.",
                    1,
                    MANY,
                    Set.of("--wait"),
                    Set.of("--nowait", "--return-values")),
            form("T commit", "", "Makes all writes visible at once.", 0, 0, Set.of(), Set.of()),
            form("T rollback", "", "Ends T without writing.", 0, 0, Set.of(), Set.of()),
            form(
                    "gc",
                    "[SAFEPOINT]",
                    "Removes versions that nobody can read at the timestamp or later; without one, at ten minutes ago.",
                    0,
                    1,
                    Set.of(),
                    Set.of()),
            form("ts", "", "A new timestamp of the oracle.", 0, 0, Set.of(), Set.of()),
            form(
                    "split",
                    "KEY...",
                    "Splits regions at keys: raw ones, or those of transactions once the shell has begun one.",
                    1,
                    MANY,
                    Set.of(),
                    Set.of()),
            form("regions", "[START END]", "Lists the regions, of a range if given.", 0, 2, Set.of(), Set.of()),
            form("stores", "", "Lists the stores.", 0, 0, Set.of(), Set.of()),
            form("help", "[COMMAND]", "Tells about all commands, or one.", 0, 2, Set.of(), Set.of()),
            form("exit", "", "Ends the shell; so do quit and the end of input.", 0, 0, Set.of(), Set.of()));

    /** Whether it works on a transaction or snapshot, whose name stands in the place of {@code T}. */
    boolean hasTarget() {
        return name.startsWith("T ");
    }

    private static StatementForm form(
            String name,
            String arguments,
            String description,
            int minArguments,
            int maxArguments,
            Set<String> valueOptions,
            Set<String> flags) {
        String usage = arguments.isEmpty() ? name : name + " " + arguments;
        return new StatementForm(name, usage, description, minArguments, maxArguments, valueOptions, flags);
    }
}
