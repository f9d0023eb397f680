package io.tikvdirect.integration.differential;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Confined to one thread, but for its reader. A shell behind two streams: a line in, a line out. */
final class LineSession implements Stack {
    private static final long ANSWER_SECONDS = 300;

    private final String name;
    private final OutputStream statements;
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
    private final AutoCloseable end;

    /**
     * A session over the streams of a running shell.
     *
     * @param end ends the shell and its cluster; called after the statements' stream is closed
     */
    LineSession(String name, OutputStream statements, InputStream answers, AutoCloseable end) {
        this.name = name;
        this.statements = statements;
        this.end = end;
        Thread reader = new Thread(() -> read(answers), "answers of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(InputStream stream) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.add(Optional.of(line));
            }
        } catch (IOException e) {
            // The shell has gone: the end below tells the asker
        }
        answers.add(Optional.empty());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String answer(String statement) throws IOException {
        statements.write((statement + "\n").getBytes(StandardCharsets.UTF_8));
        statements.flush();
        Optional<String> line;
        try {
            line = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (line == null) {
            throw new IOException(name + " has not answered within " + ANSWER_SECONDS + " s: " + statement);
        }
        return line.orElseThrow(() -> new IOException(name + " ended instead of answering: " + statement));
    }

    @Override
    public void close() {
        try (end) {
            statements.close();
        } catch (Exception e) {
            throw new IllegalStateException("ending " + name, e);
        }
    }
}
