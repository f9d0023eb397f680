package io.tikvdirect.integration.differential;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Stateless. The repository's scripts, run from its top. */
final class Scripts {
    private static final int GO_MISSING = 3;

    private Scripts() {}

    /** The program that speaks the shell language over client-go; built where needed. */
    static String clientGoShell() throws IOException {
        return output(
                "bash",
                "-c",
                ". integration/lib/go-build.bash && go_build integration/clientgo client-go-shell auto ./shell");
    }

    /**
     * Runs a script and gives what it printed; its notes go to standard error.
     *
     * @throws GoMissingException if it says that there is no Go
     * @throws IOException if it fails
     */
    static String output(String... command) throws IOException {
        Path top = top();
        List<String> words = new ArrayList<>(List.of(command));
        if (!words.get(0).equals("bash")) {
            words.set(0, top.resolve(words.get(0)).toString());
        }
        Process process = new ProcessBuilder(words)
                .directory(top.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            if (code == GO_MISSING) {
                throw new GoMissingException("there is no Go: " + String.join(" ", command));
            }
            if (code != 0) {
                throw new IOException(String.join(" ", command) + " ended with code " + code + ": " + text);
            }
            return text;
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The top of the repository: above the working directory of a test, or that of a script. */
    private static Path top() throws IOException {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("integration/cluster"))) {
                return at;
            }
        }
        throw new IOException("not within the repository: there is no integration/cluster above "
                + Path.of("").toAbsolutePath());
    }
}
