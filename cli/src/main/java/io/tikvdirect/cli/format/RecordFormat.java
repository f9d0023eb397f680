package io.tikvdirect.cli.format;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Immutable. The file formats of {@code load} and {@code dump}. */
public enum RecordFormat {
    /** One record a line, columns separated by tabs; see {@link TsvField} for the bytes a line cannot hold. */
    TSV,
    /** RFC 4180: columns separated by commas, quoted where needed; a quoted column may span lines. */
    CSV,
    /** One JSON object a line; see {@link JsonObjectLine}. */
    JSONL;

    /** The format that a file's extension names, or null. */
    public static @Nullable RecordFormat ofFileName(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".tsv") || lower.endsWith(".tab")) {
            return TSV;
        }
        if (lower.endsWith(".csv")) {
            return CSV;
        }
        return lower.endsWith(".jsonl") || lower.endsWith(".ndjson") ? JSONL : null;
    }
}
