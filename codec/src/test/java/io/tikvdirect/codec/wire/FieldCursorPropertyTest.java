package io.tikvdirect.codec.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.tikvdirect.codec.Messages;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FieldCursorPropertyTest {
    private static final int DEPTH = 3;

    @Property
    void walksWhatProtobufJavaWrites(@ForAll("fieldSets") final UnknownFieldSet fields) {
        FieldCursorDifferential.check(fields.toByteArray());
    }

    @Property(tries = 3_000)
    void agreesWithProtobufJavaOnDamagedMessages(
            @ForAll("fieldSets") final UnknownFieldSet fields, @ForAll final long seed) {
        FieldCursorDifferential.check(Messages.mutated(fields.toByteArray(), seed));
    }

    @Property(tries = 3_000)
    void agreesWithProtobufJavaOnNoise(@ForAll final byte[] noise) {
        FieldCursorDifferential.check(noise);
    }

    @Provide
    Arbitrary<UnknownFieldSet> fieldSets() {
        return fieldSets(DEPTH);
    }

    private static Arbitrary<UnknownFieldSet> fieldSets(final int depth) {
        final Arbitrary<Integer> numbers = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 20), Arbitraries.integers().between(1, (1 << 29) - 1));
        return Combinators.combine(numbers, field(depth))
                .as((number, field) ->
                        UnknownFieldSet.newBuilder().mergeField(number, field).build())
                .list()
                .ofMaxSize(depth == DEPTH ? 8 : 3)
                .map(FieldCursorPropertyTest::merged);
    }

    private static UnknownFieldSet merged(final List<UnknownFieldSet> sets) {
        final UnknownFieldSet.Builder builder = UnknownFieldSet.newBuilder();
        sets.forEach(builder::mergeFrom);
        return builder.build();
    }

    private static Arbitrary<UnknownFieldSet.Field> field(final int depth) {
        final Arbitrary<UnknownFieldSet.Field> scalar = Arbitraries.oneOf(
                Arbitraries.longs()
                        .map(v ->
                                UnknownFieldSet.Field.newBuilder().addVarint(v).build()),
                Arbitraries.integers()
                        .map(v ->
                                UnknownFieldSet.Field.newBuilder().addFixed32(v).build()),
                Arbitraries.longs()
                        .map(v ->
                                UnknownFieldSet.Field.newBuilder().addFixed64(v).build()),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(200).map(v -> UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFrom(v))
                        .build()));
        return depth == 0
                ? scalar
                : Arbitraries.oneOf(scalar, fieldSets(depth - 1).map(v -> UnknownFieldSet.Field.newBuilder()
                        .addGroup(v)
                        .build()));
    }
}
