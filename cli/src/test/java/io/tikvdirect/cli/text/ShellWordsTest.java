package io.tikvdirect.cli.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordsTest {
    @Property(tries = 2_000)
    void aQuotedWordIsReadBackAsTheSameBytes(@ForAll("byteStrings") byte[] bytes) throws WordSyntaxException {
        List<Word> words = ShellWords.split("raw get " + EscapedBytes.quote(bytes) + " # comment");

        assertThat(words).hasSize(3);
        assertThat(words.get(2).bytes()).isEqualTo(bytes);
        assertThat(words.get(2).isOption()).isFalse();
    }

    @Property(tries = 2_000)
    void escapedBytesArePrintableAsciiAndReadBackInsideQuotes(@ForAll("byteStrings") byte[] bytes)
            throws WordSyntaxException {
        String escaped = EscapedBytes.escape(bytes);

        assertThat(escaped.chars()).allMatch(c -> c >= 0x20 && c < 0x7f);
        String quoted = '"' + escaped.replace("\"", "\\\"") + '"';
        assertThat(ShellWords.split(quoted).get(0).bytes()).isEqualTo(bytes);
    }

    @Property(tries = 1_000)
    void hexIsReadBackAsTheSameBytes(@ForAll("byteStrings") byte[] bytes) throws WordSyntaxException {
        assertThat(ShellWords.split("hex:" + EscapedBytes.hex(bytes)).get(0).bytes())
                .isEqualTo(bytes);
        assertThat(EscapedBytes.unhex(EscapedBytes.hex(bytes))).isEqualTo(bytes);
    }

    @Property(tries = 2_000)
    void anyLineEitherSplitsOrIsRefusedWithItsColumn(@ForAll byte[] line) {
        try {
            assertThat(ShellWords.split(line)).allMatch(word -> word.bytes().length <= line.length);
        } catch (WordSyntaxException e) {
            assertThat(e).hasMessageMatching(".* \\(column \\d+\\)");
        }
    }

    @Test
    void wordsAreSeparatedByAnyNumberOfSpacesAndTabs() throws WordSyntaxException {
        assertThat(texts("  raw \t get   k\r")).containsExactly("raw", "get", "k");
    }

    @Test
    void quotesKeepSpacesAndMayStandInsideAWord() throws WordSyntaxException {
        assertThat(texts("\"a b\" c\" d \"e \"\"")).containsExactly("a b", "c d e", "");
    }

    @Test
    void aCommentBeginsOnlyWhereAWordCould() throws WordSyntaxException {
        assertThat(texts("put a#b \"#\" \\x23 # the rest \"is not read")).containsExactly("put", "a#b", "#", "#");
        assertThat(ShellWords.split("# only this")).isEmpty();
        assertThat(ShellWords.split("   ")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {"\\x00\\xfF|00ff", "\\n\\t|0a09", "\\\\\\\"|5c22", "a\\x20b|612062"})
    void escapesStandForTheirBytes(String word, String hex) throws WordSyntaxException {
        assertThat(EscapedBytes.hex(ShellWords.split(word).get(0).bytes())).isEqualTo(hex);
        assertThat(EscapedBytes.hex(ShellWords.split('"' + word + '"').get(0).bytes()))
                .isEqualTo(hex);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\q", "\\", "\"open", "\"open\\\"", "\\x0", "\\xzz", "hex:0", "hex:zz", "\"\\x1\""})
    void whatIsNotInTheLanguageIsRefused(String line) {
        assertThatThrownBy(() -> ShellWords.split(line)).isInstanceOf(WordSyntaxException.class);
    }

    @Test
    void bytesThatAreNoTextPassThroughUnchanged() throws WordSyntaxException {
        byte[] line = "put \u00ff\u00fe k".getBytes(ISO_8859_1);

        assertThat(ShellWords.split(line).get(1).bytes()).containsExactly(0xff, 0xfe);
        assertThat(ShellWords.split("get é".getBytes(UTF_8)).get(1).text()).isEqualTo("é");
    }

    @Test
    void onlyAPlainWordIsAnOptionOrACommand() throws WordSyntaxException {
        List<Word> words = ShellWords.split("--cf \"--cf\" \\x2d-cf -- get \"get\"");

        assertThat(words.get(0).isOption()).isTrue();
        assertThat(words.get(1).isOption()).isFalse();
        assertThat(words.get(2).isOption()).isFalse();
        assertThat(words.get(3).isOption()).isFalse();
        assertThat(words.get(4).is("get")).isTrue();
        assertThat(words.get(5).is("get")).isFalse();
    }

    @Test
    void aValueThatLooksLikeHexIsQuotedSoThatItStaysText() throws WordSyntaxException {
        assertThat(EscapedBytes.quote("hex:00".getBytes(UTF_8))).isEqualTo("\"hex:00\"");
        assertThat(texts("\"hex:00\"")).containsExactly("hex:00");
        assertThat(EscapedBytes.quote(new byte[0])).isEqualTo("\"\"");
    }

    @Provide
    static Arbitrary<byte[]> byteStrings() {
        Arbitrary<Byte> delicate =
                Arbitraries.of((byte) '"', (byte) '\\', (byte) '#', (byte) ' ', (byte) 'x', (byte) '-');
        Arbitrary<Byte> any = Arbitraries.bytes();
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(1, delicate), net.jqwik.api.Tuple.of(2, any))
                .array(byte[].class)
                .ofMaxSize(40);
    }

    private static List<String> texts(String line) throws WordSyntaxException {
        return ShellWords.split(line).stream().map(Word::text).toList();
    }
}
