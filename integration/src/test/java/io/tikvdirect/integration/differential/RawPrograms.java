package io.tikvdirect.integration.differential;

import io.tikvdirect.client.ApiVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Confined to one thread. Generates programs of raw statements: the same seed gives the same program.
 *
 * <p>Column family {@code lock} is left alone: raw keys in it make a real store end at its next region split. No TTL is
 * shorter than 1000 s: nothing may expire while a program runs.
 */
final class RawPrograms implements ProgramSource {
    private static final int PREFIX_BYTES = "d000000/".length();
    private static final int MAX_KEY_BYTES = 8192;
    private static final int LEAST_REQUEST_BYTES = 8 * 1024; // all clients put so much into one request
    private static final int LEAST_COMMANDS = 6;
    private static final int MOST_COMMANDS = 30;

    private final ApiVersion api;
    private final boolean openRanges;

    /**
     * A generator.
     *
     * @param openRanges whether ranges may reach beyond the run's own keys
     */
    RawPrograms(ApiVersion api, boolean openRanges) {
        this.api = api;
        this.openRanges = openRanges;
    }

    @Override
    public Program program(long seed) {
        // API V2 puts four bytes of its own before each key, and they count
        int ownPrefix = PREFIX_BYTES + (api == ApiVersion.V2 ? 4 : 0);
        Draw draw = new Draw(seed, MAX_KEY_BYTES - ownPrefix);
        List<Command> commands = new ArrayList<>();
        int count = draw.between(LEAST_COMMANDS, MOST_COMMANDS);
        while (commands.size() < count) {
            commands.add(new Builder(draw, commands.size() + 1).next());
        }
        return new Program("seed " + seed, api, commands);
    }

    /** Makes one command. */
    private final class Builder {
        private final Draw draw;
        private final int id;
        private final List<Piece> pieces = new ArrayList<>();
        private boolean faulty; // one fault is enough: which of two is reported is anybody's choice

        Builder(Draw draw, int id) {
            this.draw = draw;
            this.id = id;
        }

        Command next() {
            int kind = draw.between(0, 99);
            if (kind < 22) {
                return put();
            }
            if (kind < 32) {
                return key().family().of("raw get");
            }
            if (kind < 50) {
                return scan();
            }
            if (kind < 70) {
                return batch(kind);
            }
            if (kind < 80) {
                return compareAndSwap();
            }
            return other(kind);
        }

        private Command put() {
            return key().value().ttl().family().of("raw put");
        }

        private Command batch(int kind) {
            int count = draw.oneIn(30) ? 600 : draw.between(1, 5); // more than one request's chunk, now and then
            if (kind < 56) {
                return keys(count).of("raw mget");
            }
            if (kind < 66) {
                return pairs(Math.min(count, 40)).ttl().of("raw mput");
            }
            return keys(Math.min(count, 40)).of("raw mdel");
        }

        /**
         * Pairs to put. A key comes twice only where one request holds them all: beyond that client-go sends several at
         * the same time, and either value may stay.
         */
        private Builder pairs(int count) {
            Set<String> keys = new HashSet<>();
            int bytes = 0;
            for (int i = 0; i < count; i++) {
                byte[] key = draw.key();
                byte[] value = draw.value();
                bytes += key.length + PREFIX_BYTES + value.length;
                if (keys.add(Escapes.escape(key)) || bytes < LEAST_REQUEST_BYTES) {
                    with(new Piece.Key(key)).with(new Piece.Value(value));
                }
            }
            return faultOneIn(40) ? key() : this;
        }

        private Command compareAndSwap() {
            key();
            if (draw.oneIn(3)) {
                pieces.add(new Piece.Plain("--absent"));
            } else {
                pieces.add(new Piece.Value(draw.oneIn(8) ? new byte[0] : draw.commonValue()));
            }
            pieces.add(new Piece.Value(draw.oneIn(3) ? draw.value() : draw.commonValue()));
            return (draw.oneIn(4) ? ttl() : this).of("raw cas");
        }

        private Command other(int kind) {
            if (kind < 84) {
                return key().of("raw del");
            }
            if (kind < 87) {
                return deletableRange().of("raw delrange");
            }
            if (kind < 90) {
                faulty = api == ApiVersion.V1;
                return key().of("raw ttl");
            }
            if (kind < 93) {
                return range().of("raw checksum");
            }
            if (kind < 97) {
                return splitKeys().of("split");
            }
            return kind == 97 ? ownRange().of("regions") : malformed();
        }

        private Command scan() {
            range();
            if (!draw.oneIn(3)) {
                pieces.add(new Piece.Number(
                        "--limit",
                        draw.oneOf(0, 1, 1, 2, 3, Model.MAX_LIMIT - 1, Model.MAX_LIMIT, Model.MAX_LIMIT + 1)));
            }
            if (draw.oneIn(2)) {
                pieces.add(new Piece.Plain("--reverse"));
            }
            if (draw.oneIn(4)) {
                pieces.add(new Piece.Plain("--keys-only"));
            }
            return of("raw scan");
        }

        private Command malformed() {
            return switch (draw.between(0, 5)) {
                case 0 -> Command.of(id, "raw nonsense", new Piece.Key(draw.key()));
                case 1 -> Command.of(id, "raw get");
                case 2 -> key().key().of("raw del");
                case 3 -> Command.of(id, "raw put", new Piece.Key(draw.key()), new Piece.Plain("\"open"));
                case 4 -> range().with(new Piece.Plain("--limit")).of("raw scan");
                default -> key().value().with(new Piece.Plain("--unknown")).of("raw put");
            };
        }

        private Builder key() {
            if (faultOneIn(80)) {
                return with(new Piece.Value(new byte[0]));
            }
            return with(new Piece.Key(faultOneIn(150) ? draw.filled(MAX_KEY_BYTES) : draw.key()));
        }

        private Builder keys(int count) {
            for (int i = 0; i < count; i++) {
                key();
            }
            return this;
        }

        /** Different ones: with a key twice in one call, a real PD waits for a region that nobody makes. */
        private Builder splitKeys() {
            Set<String> keys = new HashSet<>();
            for (int i = draw.between(1, 3); i > 0; i--) {
                byte[] key = draw.keyPlace();
                if (keys.add(Escapes.escape(key))) {
                    with(new Piece.Key(key));
                }
            }
            return this;
        }

        private Builder value() {
            return with(new Piece.Value(draw.value()));
        }

        private Builder ttl() {
            if (!draw.oneIn(6)) {
                return this;
            }
            boolean granted = api != ApiVersion.V1 || faultOneIn(3);
            return with(new Piece.Number("--ttl", granted ? draw.oneOf(0, 1000, 5000, 4_000_000_000L) : 0));
        }

        private Builder family() {
            if (!draw.oneIn(10) || (api == ApiVersion.V2 && !faultOneIn(2))) {
                return this;
            }
            boolean unknown = api != ApiVersion.V2 && faultOneIn(4);
            return with(new Piece.Plain("--cf " + (unknown ? "nonsense" : draw.oneOf("default", "write"))));
        }

        private boolean faultOneIn(int n) {
            boolean fault = draw.oneIn(n) && !faulty;
            faulty |= fault;
            return fault;
        }

        private Builder range() {
            for (int i = 0; i < 2; i++) {
                with(openRanges && draw.oneIn(6) ? new Piece.Open() : new Piece.Key(draw.place()));
            }
            return this;
        }

        /**
         * No bound is longer than a key: clients that don't look delete region after region until the store refuses it. A
         * border that long does the same to a range across it.
         */
        private Builder deletableRange() {
            for (int i = 0; i < 2; i++) {
                with(openRanges && draw.oneIn(6) ? new Piece.Open() : new Piece.Key(draw.keyPlace()));
            }
            return this;
        }

        private Builder ownRange() {
            return with(new Piece.Key(new byte[0])).with(new Piece.Key(Draw.latin1("\377\377\377")));
        }

        private Builder with(Piece piece) {
            pieces.add(piece);
            return this;
        }

        private Command of(String head) {
            return new Command(id, head, "", List.copyOf(pieces));
        }
    }
}
