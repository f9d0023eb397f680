package io.tikvdirect.integration.differential;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Immutable. One or two words of a command, kept in a form that can be made smaller.
 *
 * <p>In templates {@code @} stands for the prefix of the run's keys and {@code $n} for the timestamp that line n
 * answered; data never contains either character unescaped.
 */
sealed interface Piece {
    /** The words of the template. */
    String template(Map<Integer, Integer> lineOfCommand);

    /** Smaller pieces that may stand in its place, the smallest first. */
    default List<Piece> smaller() {
        return List.of();
    }

    /** A word as it is: a verb, a flag, a name. */
    record Plain(String text) implements Piece {
        @Override
        public String template(Map<Integer, Integer> lineOfCommand) {
            return text;
        }
    }

    /** A key of the run, behind its prefix. */
    record Key(byte[] bytes) implements Piece {
        @Override
        public String template(Map<Integer, Integer> lineOfCommand) {
            return "@" + Escapes.escape(bytes);
        }

        @Override
        public List<Piece> smaller() {
            return halves(bytes).stream().<Piece>map(Key::new).toList();
        }
    }

    /** A value; also the empty key, which has no prefix. */
    record Value(byte[] bytes) implements Piece {
        static Value of(String text) {
            return new Value(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        @Override
        public String template(Map<Integer, Integer> lineOfCommand) {
            return bytes.length == 0 ? "\"\"" : Escapes.escapeWord(bytes);
        }

        @Override
        public List<Piece> smaller() {
            return halves(bytes).stream().<Piece>map(Value::new).toList();
        }
    }

    /** A bound that is none: the end of all keys, on either side. */
    record Open() implements Piece {
        @Override
        public String template(Map<Integer, Integer> lineOfCommand) {
            return "\"\"";
        }
    }

    /** An option with a number. */
    record Number(String option, long value) implements Piece {
        @Override
        public String template(Map<Integer, Integer> lineOfCommand) {
            return option + " " + value;
        }

        @Override
        public List<Piece> smaller() {
            List<Piece> all = new ArrayList<>();
            for (long n : new long[] {1, 2, value / 2, value - 1}) {
                if (n > 0 && n < value) {
                    all.add(new Number(option, n));
                }
            }
            return all;
        }
    }

    /** An option with the timestamp that an earlier command answered. */
    record TimestampOf(String option, int command) implements Piece {
        @Override
        public String template(Map<Integer, Integer> lineOfCommand) {
            return option + " $" + lineOfCommand.get(command);
        }
    }

    private static List<byte[]> halves(byte[] bytes) {
        List<byte[]> all = new ArrayList<>();
        if (bytes.length > 1) {
            all.add(Arrays.copyOf(bytes, 1));
            all.add(Arrays.copyOf(bytes, bytes.length / 2));
            all.add(Arrays.copyOf(bytes, bytes.length - 1));
            all.add(Arrays.copyOfRange(bytes, 1, bytes.length));
        }
        return all;
    }
}
