package io.tikvdirect.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The guide is made from the table of options: {@code -Dguide.update=true} writes it anew. */
class ConfigurationGuideTest {
    private static final Path GUIDE = Path.of("..", "docs", "configuration.md");

    @Test
    void theGuideNamesEveryOptionAsItIs() throws IOException {
        String guide = guide();
        if (Boolean.getBoolean("guide.update")) {
            Files.writeString(GUIDE, guide);
        }
        assertThat(GUIDE).hasContent(guide);
    }

    private static String guide() {
        StringBuilder text = new StringBuilder(
                """
                # Configuration

                One immutable `Config` per client: `Config.builder()`, `Config.fromUri("tikv://pd1:2379,pd2:2379?timeout=2s")`, \
                `Config.fromFile(path)`, `Config.fromProperties(properties)`, `Config.fromEnvironment(System.getenv())`. \
                An unknown key or a value that is not allowed is an error that names both. \
                This page is made from the table the parser uses.

                | key | environment | allowed | default | meaning | source of the default |
                |---|---|---|---|---|---|
                """);
        for (OptionDescription option : Config.describe()) {
            text.append("| `")
                    .append(option.key())
                    .append("` | `")
                    .append(option.environmentName())
                    .append("` | ");
            text.append(cell(option.allowed())).append(" | ");
            text.append(option.defaultValue().isEmpty() ? "" : '`' + option.defaultValue() + '`');
            text.append(" | ").append(cell(option.meaning())).append(" | ");
            text.append(cell(option.source())).append(" |\n");
        }
        return text.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace('\n', ' ');
    }
}
