package io.tikvdirect.embedded.vectors;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Confined to one replay. Compares numbers and texts with recorded ones, which may be or contain placeholders. */
final class ScalarComparison {
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
    private static final Pattern EMBEDDED = Pattern.compile("\\$ADDR|\\$DATE|<T[^>]*>|\\$CLUSTER");
    private static final BigInteger MAX_INT64 = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigInteger MAX_UINT64 = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
    private static final BigInteger TOLERATED_SECONDS = BigInteger.valueOf(60);
    private static final long TOLERATED_SAFE_TS_LAG_MS = 86_400_000;
    private static final int LOGICAL_BITS = 18;

    private final Placeholders placeholders;

    ScalarComparison(Placeholders placeholders) {
        this.placeholders = placeholders;
    }

    boolean alike(String expected, String actual) {
        switch (expected) {
            case "$SAFETS":
                return isSafeTimestamp(actual);
            case "$MAXINT64-NOW_IN_SECONDS":
                return isNowBefore(MAX_INT64, actual);
            case "$MAXUINT64-NOW_IN_SECONDS":
                return isNowBefore(MAX_UINT64, actual);
            default:
                return plainAlike(placeholders.resolve(expected).orElse(expected), actual);
        }
    }

    private boolean plainAlike(String expected, String actual) {
        if (expected.equals(actual)) {
            return true;
        }
        if (NUMBER.matcher(expected).matches() && NUMBER.matcher(actual).matches()) {
            return new BigDecimal(expected).compareTo(new BigDecimal(actual)) == 0;
        }
        Matcher embedded = EMBEDDED.matcher(expected);
        return embedded.find() && Pattern.matches(regex(expected), actual);
    }

    private String regex(String template) {
        StringBuilder regex = new StringBuilder();
        Matcher embedded = EMBEDDED.matcher(template);
        int done = 0;
        while (embedded.find()) {
            regex.append(Pattern.quote(template.substring(done, embedded.start())))
                    .append(embeddedRegex(embedded.group()));
            done = embedded.end();
        }
        return regex.append(Pattern.quote(template.substring(done))).toString();
    }

    private String embeddedRegex(String placeholder) {
        if (placeholder.equals("$ADDR")) {
            return "[^/ ]+:\\d+";
        }
        if (placeholder.equals("$DATE")) {
            return ".+";
        }
        String name = placeholder.startsWith("<") ? placeholder.substring(1, placeholder.length() - 1) : placeholder;
        return placeholders.resolve(name).map(Pattern::quote).orElse("\\d+");
    }

    private boolean isSafeTimestamp(String actual) {
        long now = placeholders.timestamp() >>> LOGICAL_BITS;
        return Math.abs(now - (Long.parseUnsignedLong(actual) >>> LOGICAL_BITS)) < TOLERATED_SAFE_TS_LAG_MS;
    }

    private boolean isNowBefore(BigInteger end, String actual) {
        BigInteger now = BigInteger.valueOf(placeholders.seconds());
        return end.subtract(now).subtract(new BigInteger(actual)).abs().compareTo(TOLERATED_SECONDS) <= 0;
    }
}
