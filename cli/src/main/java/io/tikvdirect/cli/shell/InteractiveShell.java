package io.tikvdirect.cli.shell;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.history.DefaultHistory;
import org.jline.terminal.Terminal;

/** Confined to one thread. The shell for a person: line editing, history in a file, completion of commands. */
final class InteractiveShell {
    private static final int HISTORY_LINES = 10_000;

    private final Terminal terminal;
    private final Interpreter interpreter;
    private final LineReader reader;
    private final AnswerWriter answers;

    /**
     * A shell on a terminal.
     *
     * @param history file of former lines; made when there is none
     */
    InteractiveShell(Terminal terminal, Interpreter interpreter, Path history, boolean json) {
        this.terminal = terminal;
        this.interpreter = interpreter;
        this.reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("tikv")
                .parser(plainParser())
                .completer(new StatementCompleter())
                .history(new DefaultHistory())
                .variable(LineReader.HISTORY_FILE, history)
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
                .build();
        PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
        this.answers = new AnswerWriter(out, out, json);
    }

    /** Reads and executes lines until {@code exit} or the end of input; Ctrl-C only drops the line being typed. */
    void run(String greeting) {
        terminal.writer().println(greeting);
        terminal.flush();
        while (!interpreter.ended() && readAndExecute()) {
            terminal.flush();
        }
    }

    private boolean readAndExecute() {
        try {
            String line = reader.readLine("tikv> ");
            interpreter.execute(line.getBytes(StandardCharsets.UTF_8)).ifPresent(answers::write);
            return true;
        } catch (UserInterruptException e) {
            return true;
        } catch (EndOfFileException e) {
            return false;
        }
    }

    /** JLine must not read quotes and backslashes its own way: they belong to the shell language. */
    private static DefaultParser plainParser() {
        DefaultParser parser = new DefaultParser();
        parser.setEscapeChars(new char[0]);
        parser.setQuoteChars(new char[0]);
        return parser;
    }
}
