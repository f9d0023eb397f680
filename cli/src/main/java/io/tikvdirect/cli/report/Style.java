package io.tikvdirect.cli.report;

/** Immutable. How text is marked: with ANSI colours on a terminal, not at all elsewhere. */
public enum Style {
    /** ANSI escape sequences. */
    ANSI,
    /** The text alone. */
    PLAIN;

    /** A heading. */
    public String bold(String text) {
        return mark("1", text);
    }

    /** Something that went well. */
    public String good(String text) {
        return mark("32", text);
    }

    /** Something that went wrong. */
    public String bad(String text) {
        return mark("31", text);
    }

    /** Something that a person may skip. */
    public String faint(String text) {
        return mark("2", text);
    }

    private String mark(String code, String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
