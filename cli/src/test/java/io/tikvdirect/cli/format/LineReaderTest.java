package io.tikvdirect.cli.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    @Property(tries = 500)
    void linesJoinedGiveTheSourceHoweverItArrives(
            @ForAll List<@net.jqwik.api.constraints.CharRange(from = '\t', to = '\r') Character> characters,
            @ForAll @IntRange(min = 1, max = 7) int chunk)
            throws IOException {
        StringBuilder source = new StringBuilder();
        characters.forEach(source::append);
        LineReader lines = new LineReader(new Dripping(source.toString(), chunk), 0, 0);
        StringBuilder joined = new StringBuilder();
        List<Long> offsets = new ArrayList<>();

        while (lines.next()) {
            joined.append(new String(lines.line(), ISO_8859_1));
            if (lines.nextOffset() > joined.length()) {
                joined.append('\n');
            }
            offsets.add(lines.nextOffset());
            assertThat(lines.nextOffset()).isEqualTo(joined.length());
            assertThat(lines.lineNumber()).isEqualTo(offsets.size());
        }

        assertThat(joined.toString()).isEqualTo(source.toString());
    }

    @Test
    void aLineOverTheLimitIsSkippedWholeAndSaid() throws IOException {
        InputStream in = new Dripping("short\n" + "x".repeat(400_000) + "\nafter\n" + "y".repeat(300_000), 50_000);
        LineReader lines = new LineReader(in, 0, 0, 1_000);

        assertThat(lines.next()).isTrue();
        assertThat(lines.next()).isTrue();
        assertThat(lines.tooLong()).isTrue();
        assertThat(lines.nextOffset()).isEqualTo(6 + 400_001);
        assertThat(lines.next()).isTrue();
        assertThat(lines.tooLong()).isFalse();
        assertThat(lines.line()).asString().isEqualTo("after");
        assertThat(lines.lineNumber()).isEqualTo(3);
        assertThat(lines.next()).isTrue();
        assertThat(lines.tooLong()).isTrue();
        assertThat(lines.next()).isFalse();
    }

    @Test
    void readingGoesOnAtAnOffset() throws IOException {
        LineReader lines = new LineReader(new ByteArrayInputStream("c\nd".getBytes(ISO_8859_1)), 4, 2);

        assertThat(lines.next()).isTrue();
        assertThat(lines.lineNumber()).isEqualTo(3);
        assertThat(lines.nextOffset()).isEqualTo(6);
        assertThat(lines.next()).isTrue();
        assertThat(lines.nextOffset()).isEqualTo(7);
        assertThat(lines.next()).isFalse();
    }

    /** Gives at most so many bytes at once. */
    private static final class Dripping extends ByteArrayInputStream {
        private final int chunk;

        Dripping(String text, int chunk) {
            super(text.getBytes(ISO_8859_1));
            this.chunk = chunk;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, chunk));
        }
    }
}
