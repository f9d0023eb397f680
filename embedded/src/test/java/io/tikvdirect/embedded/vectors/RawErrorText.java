package io.tikvdirect.embedded.vectors;

import java.util.Locale;

/**
 * Immutable. What the text of a raw answer's error says, where nothing but the text tells cases apart. The words
 * themselves are not compared.
 */
enum RawErrorText {
    LIMIT_EXCEEDED("exceeded"),
    TTL_COUNT("length of ttls"),
    TTL_NOT_ENABLED("ttl is not enabled", "ttlnotenabled"),
    API_VERSION("api version in request", "apiversionnotmatched"),
    KEY_MODE("key mode mismatched", "invalidkeymode", "key range mode", "invalidkeyrangemode"),
    CF_DEPRECATED("cf is deprecated", "cfdeprecated"),
    INVALID_CF("invalid cf", "invalidcf"),
    EMPTY_REQUEST("an empty request"),
    INVALID_RANGES("invalid keyranges"),
    OTHER();

    private final String[] marks;

    RawErrorText(String... marks) {
        this.marks = marks;
    }

    /** The first kind that has one of its marks in {@code text}. */
    static RawErrorText of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (RawErrorText kind : values()) {
            for (String mark : kind.marks) {
                if (lower.contains(mark)) {
                    return kind;
                }
            }
        }
        return OTHER;
    }
}
