package io.tikvdirect.cli.shell;

import io.tikvdirect.cli.format.LineReader;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.client.ErrorCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. The shell on a pipe: one statement a line, answered before the next line is read, in order; a bad
 * line does not end the shell. As JSON every line has exactly one answer, so that a program can count on it: a blank line
 * or a comment has done what it says, which is nothing. For a person these two have no answer.
 */
final class PipedShell {
    private final Console console;
    private final Interpreter interpreter;
    private final AnswerWriter answers;
    private final boolean json;

    PipedShell(Console console, Interpreter interpreter, boolean json) {
        this.console = console;
        this.interpreter = interpreter;
        this.answers = new AnswerWriter(console.out(), console.err(), json);
        this.json = json;
    }

    /** Executes all lines; gives how many failed. */
    long run() throws IOException {
        LineReader lines = new LineReader(console.in(), 0, 0);
        long failures = 0;
        while (!interpreter.ended() && lines.next()) {
            Answer answer = answer(lines);
            if (answer != null) {
                answers.write(answer);
                failures += answer.ok() ? 0 : 1;
            }
        }
        return failures;
    }

    private @Nullable Answer answer(LineReader lines) {
        if (lines.tooLong()) {
            return Answer.failed(
                    ErrorCode.INVALID_ARGUMENT, "the line is longer than " + LineReader.MAX_LINE_BYTES + " bytes");
        }
        Answer answer = interpreter.execute(lines.line()).orElse(null);
        return answer == null && json ? Answer.done() : answer;
    }
}
