package io.tikvdirect.integration.differential;

import io.tikvdirect.client.ApiVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Stateless. The programs that once showed a difference, from {@code differential/findings.txt}: each begins with a line
 * {@code == NAME: KIND API,API...}, with {@code ours} added where client-go may rightly answer otherwise, and is written
 * with the placeholders that reports use.
 */
final class FixedPrograms {
    private static final String FILE = "/differential/findings.txt";
    private static final Set<String> WITHOUT_NAME = Set.of("ts", "split", "regions");
    private static final Set<String> RANGES = Set.of("raw scan", "raw delrange", "raw checksum", "scan", "regions");

    private FixedPrograms() {}

    /** Those of one kind for one API version. */
    static List<Program> of(String kind, ApiVersion api, boolean clientGo) throws IOException {
        List<Program> programs = new ArrayList<>();
        boolean wanted = false;
        for (String line : lines()) {
            if (line.startsWith("== ")) {
                List<String> words = List.of(line.substring(line.indexOf(": ") + 2)
                        .toLowerCase(Locale.ROOT)
                        .split("[ ,]+"));
                wanted = words.contains(kind)
                        && words.contains(api.name().toLowerCase(Locale.ROOT))
                        && !(clientGo && words.contains("ours"));
                if (wanted) {
                    programs.add(new Program(line.substring(3, line.indexOf(": ")), api, new ArrayList<>()));
                }
            } else if (wanted && !line.isBlank() && !line.startsWith("#")) {
                List<Command> commands = programs.get(programs.size() - 1).commands();
                commands.add(command(commands.size() + 1, line.strip()));
            }
        }
        return programs;
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = FixedPrograms.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IOException("there is no " + FILE);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static Command command(int id, String line) {
        List<String> words = List.of(line.split(" +"));
        String first = words.get(0);
        if (WITHOUT_NAME.contains(first)) {
            return new Command(id, first, "", pieces(first, words.subList(1, words.size())));
        }
        boolean opens = first.equals("begin") || first.equals("snapshot");
        String head = first.equals("raw") ? first + " " + words.get(1) : opens ? first : words.get(1);
        String name = first.equals("raw") ? "" : opens ? words.get(1) : first;
        return new Command(id, head, name, pieces(head, words.subList(2, words.size())));
    }

    /** Words as they are, but for references to timestamps, which move with their lines. */
    private static List<Piece> pieces(String head, List<String> words) {
        List<Piece> pieces = new ArrayList<>();
        for (String word : words) {
            if (word.equals("\"\"")) {
                pieces.add(RANGES.contains(head) ? new Piece.Open() : new Piece.Value(new byte[0]));
            } else if (word.startsWith("$")) {
                Piece.Plain option = (Piece.Plain) pieces.remove(pieces.size() - 1);
                pieces.add(new Piece.TimestampOf(option.text(), Integer.parseInt(word.substring(1))));
            } else {
                pieces.add(new Piece.Plain(word));
            }
        }
        return pieces;
    }
}
