package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Immutable. One recorded scenario: what to put up first, then its steps in order. */
record Scenario(String name, String api, int stores, boolean raw, List<LayoutRegion> layout, List<Step> steps) {
    /** Every scenario among the test resources, by name. */
    static List<Scenario> all() {
        try (Stream<Path> files = Files.list(directory())) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .map(Scenario::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Scenario named(String name) {
        return read(directory().resolve(name + ".jsonl"));
    }

    /** The same API and mode decide whether a region's bounds are memcomparable-encoded keys. */
    boolean hasEncodedBoundaries() {
        return !raw || api.equals("v2");
    }

    private static Path directory() {
        try {
            URI directory = Scenario.class.getResource("/vectors").toURI();
            return directory.getScheme().equals("jar") ? insideJar(directory) : Path.of(directory);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The integration tests have the recordings in a jar. */
    private static Path insideJar(URI directory) {
        try {
            return FileSystems.newFileSystem(directory, Map.of()).getPath("/vectors");
        } catch (FileSystemAlreadyExistsException open) {
            return Path.of(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Scenario read(Path file) {
        try {
            return parse(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Scenario parse(List<String> lines) {
        List<JsonObject> objects = lines.stream()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        JsonObject header = objects.get(0);
        return new Scenario(
                header.get("scenario").getAsString(),
                header.get("api").getAsString(),
                header.get("stores").getAsInt(),
                header.get("mode").getAsString().equals("raw"),
                layout(header),
                objects.stream().skip(1).map(Step::new).toList());
    }

    private static List<LayoutRegion> layout(JsonObject header) {
        return StreamSupport.stream(header.getAsJsonArray("layout").spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .map(LayoutRegion::of)
                .toList();
    }
}
