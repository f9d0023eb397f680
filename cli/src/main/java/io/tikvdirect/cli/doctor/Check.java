package io.tikvdirect.cli.doctor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. The result of one check.
 *
 * @param name what was checked
 * @param status how it went
 * @param detail what was seen
 * @param advice how to mend it; null if there is nothing to mend
 */
record Check(String name, Status status, String detail, @Nullable String advice) {
    /** How a check went. */
    enum Status {
        /** As it should be. */
        OK,
        /** Works, but is not as it should be. */
        WARNING,
        /** Does not work. */
        FAILED,
        /** Could not be tried because an earlier check failed. */
        SKIPPED
    }

    static Check ok(String name, String detail) {
        return new Check(name, Status.OK, detail, null);
    }

    static Check warning(String name, String detail, String advice) {
        return new Check(name, Status.WARNING, detail, advice);
    }

    static Check failed(String name, String detail, String advice) {
        return new Check(name, Status.FAILED, detail, advice);
    }

    static Check skipped(String name, String reason) {
        return new Check(name, Status.SKIPPED, reason, null);
    }

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("check", name);
        fields.put("status", status.name().toLowerCase(Locale.ROOT));
        fields.put("detail", detail);
        fields.put("advice", advice);
        return fields;
    }
}
