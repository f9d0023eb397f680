package io.tikvdirect.proto;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What we declare agrees with the schema table, and the comparison notices every kind of disagreement. */
class WireSchemaTest {

    private static final List<String> TABLE = SchemaTable.lines("schema.tsv");
    private static final List<LeftOut> LEFT_OUT = LeftOut.parse(SchemaTable.lines("left-out.tsv"));

    @Test
    void everythingDeclaredAgreesWithTheTableAndNothingIsForgotten() {
        assertThat(complaints(TABLE)).isEmpty();
    }

    @Test
    void theComparisonReachesRowsOfEveryKind() {
        final Map<String, Long> kinds =
                GeneratedSchema.rows().stream().collect(groupingBy(SchemaRow::kind, counting()));
        assertThat(kinds).containsOnlyKeys("file", "message", "enum", "value", "field", "service", "rpc");
        assertThat(kinds.get("message")).isGreaterThan(500);
        assertThat(kinds.get("field")).isGreaterThan(1900);
        assertThat(kinds.get("rpc")).isGreaterThan(150);
    }

    @Test
    void everyProtoFileIsPackedAsAResourceAndCompared() throws IOException, URISyntaxException {
        final Path root = Path.of(
                        WireSchemaTest.class.getResource("/kvrpcpb.proto").toURI())
                .getParent();
        try (Stream<Path> files = Files.list(root)) {
            final List<String> packed = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".proto"))
                    .toList();
            assertThat(packed)
                    .containsExactlyInAnyOrderElementsOf(GeneratedSchema.files().stream()
                            .map(FileDescriptor::getName)
                            .toList());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
            # altered row begins with                           | from                      | to                          | complaint
            field~kvrpcpb.proto~kvrpcpb.RawGetRequest~cf~    | cf~3~                   | cf~9~                     | field kvrpcpb.RawGetRequest.cf: number is '3', the table says '9'
            field~kvrpcpb.proto~kvrpcpb.RawPutRequest~ttl~   | uint64                    | int64                       | field kvrpcpb.RawPutRequest.ttl: type is 'uint64', the table says 'int64'
            field~kvrpcpb.proto~kvrpcpb.LockInfo~key~        | bytes~~                 | bytes~repeated~           | field kvrpcpb.LockInfo.key: label is '', the table says 'repeated'
            field~kvrpcpb.proto~kvrpcpb.Context~keyspace_id~ | oneof=keyspace            | oneof=tenant                | field kvrpcpb.Context.keyspace_id: oneof is 'keyspace', the table says 'tenant'
            field~kvrpcpb.proto~kvrpcpb.Context~term~        | uint64~~                | uint64~~deprecated        | field kvrpcpb.Context.term: deprecated is 'false', the table says 'true'
            field~pdpb.proto~pdpb.QueryRegionResponse~regions | map<uint64                | map<int64                   | field pdpb.QueryRegionResponse.regions_by_id: type is 'map<uint64,pdpb.RegionResponse>', the table says 'map<int64,pdpb.RegionResponse>'
            field~errorpb.proto~errorpb.Error~not_leader~    | not_leader                | no_leader                   | field errorpb.Error.no_leader: in the table, not declared and not left out
            field~errorpb.proto~errorpb.Error~not_leader~    | -                         | -                           | field errorpb.Error.not_leader: declared, not in the table
            message~metapb.proto~metapb~Region~              | -                         | -                           | message metapb.Region: declared, not in the table
            enum~kvrpcpb.proto~kvrpcpb~Op~                   | ~Op~                    | ~Operation~               | enum kvrpcpb.Operation: in the table, not declared and not left out
            value~kvrpcpb.proto~kvrpcpb.APIVersion~V2~       | V2~2~                   | V2~3~                     | value kvrpcpb.APIVersion.V2: number is '2', the table says '3'
            value~kvrpcpb.proto~kvrpcpb.Op~Insert~           | -                         | -                           | value kvrpcpb.Op.Insert: declared, not in the table
            rpc~tikvpb.proto~tikvpb.Tikv~RawGet~             | RawGetResponse            | RawPutResponse              | rpc tikvpb.Tikv.RawGet: type is 'kvrpcpb.RawGetRequest -> kvrpcpb.RawGetResponse', the table says 'kvrpcpb.RawGetRequest -> kvrpcpb.RawPutResponse'
            rpc~pdpb.proto~pdpb.PD~Tso~                      | client_stream server      | server                      | rpc pdpb.PD.Tso: streaming is 'client_stream server_stream', the table says 'server_stream'
            rpc~pdpb.proto~pdpb.PD~GetRegion~                | -                         | -                           | rpc pdpb.PD.GetRegion: declared, not in the table
            rpc~tikvpb.proto~tikvpb.VersionedKv~Versioned     | -                         | -                           | service tikvpb.VersionedKv: declared, not in the table
            file~pdpb.proto~pdpb~                             | proto3                    | proto2                      | file pdpb.proto: syntax is 'proto3', the table says 'proto2'
            file~debugpb.proto~debugpb~                       | -                         | -                           | file debugpb.proto: left out, but not in the table
            """)
    void anAlteredRowIsNoticed(final String row, final String from, final String to, final String complaint) {
        assertThat(complaints(altered(unescape(row), unescape(from), unescape(to))))
                .contains(complaint);
    }

    @Test
    void aThingBothDeclaredAndLeftOutIsNoticed() {
        final LeftOut wrong = new LeftOut("message", "kvrpcpb.RawGetRequest", "to see the check fail");
        assertThat(SchemaComparison.complaints(
                        SchemaTable.parse(TABLE).rows(),
                        GeneratedSchema.rows(),
                        Stream.concat(LEFT_OUT.stream(), Stream.of(wrong)).toList()))
                .containsExactly("message kvrpcpb.RawGetRequest: left out, but declared");
    }

    @Test
    void aRepeatedRowIsNoticed() {
        final List<String> repeated =
                Stream.concat(TABLE.stream(), Stream.of(TABLE.get(1))).toList();
        assertThat(complaints(repeated)).containsExactly("message apipb.KeyspaceIdentity: twice");
    }

    private static List<String> complaints(final List<String> table) {
        return SchemaComparison.complaints(SchemaTable.parse(table).rows(), GeneratedSchema.rows(), LEFT_OUT);
    }

    /** The table with its one row that begins so changed, or removed where {@code from} is null. */
    private static List<String> altered(final String row, final String from, final String to) {
        final List<String> hit =
                TABLE.stream().filter(line -> line.startsWith(row)).toList();
        assertThat(hit).hasSize(1);
        if (from == null) {
            return TABLE.stream().filter(line -> !line.equals(hit.get(0))).toList();
        }
        assertThat(hit.get(0)).contains(from);
        return TABLE.stream()
                .map(line -> line.equals(hit.get(0)) ? line.replace(from, to) : line)
                .toList();
    }

    private static String unescape(final String cell) {
        return cell == null ? null : cell.replace('~', '\t');
    }
}
