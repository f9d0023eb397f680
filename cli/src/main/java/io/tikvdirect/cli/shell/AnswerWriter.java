package io.tikvdirect.cli.shell;

import io.tikvdirect.cli.text.JsonWriter;
import java.io.PrintStream;

/** Confined to one thread. Shows answers: one line of JSON each, or lines for a person with failures apart. */
final class AnswerWriter {
    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;

    /**
     * A writer for one shell.
     *
     * @param out for answers
     * @param err for failures, unless {@code json}
     */
    AnswerWriter(PrintStream out, PrintStream err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    /** Writes the whole answer and flushes it. */
    void write(Answer answer) {
        if (json) {
            out.print(JsonWriter.write(answer.fields()) + "\n");
        } else {
            PrintStream stream = answer.ok() ? out : err;
            answer.text().forEach(stream::println);
        }
        out.flush();
    }
}
