package io.tikvdirect.codec.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.key.KeyMode;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.proto.kvrpcpb.APIVersion;
import io.tikvdirect.proto.kvrpcpb.CommandPri;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.DiskFullOpt;
import io.tikvdirect.proto.kvrpcpb.RawGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.kvrpcpb.ResourceControlContext;
import io.tikvdirect.proto.metapb.Peer;
import io.tikvdirect.proto.metapb.PeerRole;
import io.tikvdirect.proto.metapb.RegionEpoch;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Context, unary request and batch, put together from their parts, are what protobuf-java reads as meant. */
class RequestFramingPropertyTest {
    private static final KeySpace SPACE = KeySpace.v2(KeyMode.RAW, 0);

    @Property(tries = 300)
    void contextIsTheConcatenationOfItsParts(
            @ForAll final long regionId,
            @ForAll final long confVer,
            @ForAll final long version,
            @ForAll final long peerId,
            @ForAll @LongRange(min = 0) final long maxMs,
            @ForAll final boolean isRetry,
            @ForAll final String source)
            throws Exception {
        final Context expected = Context.newBuilder()
                .setRegionId(regionId)
                .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(confVer).setVersion(version))
                .setPeer(Peer.newBuilder().setId(peerId).setStoreId(7))
                .setApiVersion(APIVersion.V2)
                .setKeyspaceId(0)
                .setRequestSource(validUtf8(source))
                .setMaxExecutionDurationMs(maxMs)
                .setIsRetryRequest(isRetry)
                .build();

        final byte[] route = new ContextEncoder()
                .regionId(regionId)
                .regionEpoch(confVer, version)
                .peer(peerId, 7)
                .encode();
        final byte[] options = new ContextEncoder()
                .keySpace(SPACE)
                .requestSource(validUtf8(source))
                .encode();
        final ByteBuf out = Unpooled.buffer().writeBytes(route).writeBytes(options);
        ContextEncoder.writeVariables(out, maxMs, isRetry);

        final boolean sameEpoch = confVer == 0 && version == 0;
        final Context actual = Context.parseFrom(ByteBufUtil.getBytes(out));
        assertThat(actual)
                .isEqualTo(sameEpoch ? expected.toBuilder().clearRegionEpoch().build() : expected);
        assertThat(out.readableBytes()).isEqualTo(UnaryRequestEncoder.contextLength(route, options, maxMs, isRetry));
    }

    @Example
    void everyFieldOfTheContextIsWhereProtobufJavaExpectsIt() throws Exception {
        final byte[] encoded = new ContextEncoder()
                .regionId(1)
                .regionEpoch(2, 3)
                .peer(4, 5, 1, true)
                .term(6)
                .priority(2)
                .notFillCache(true)
                .replicaRead(true)
                .staleRead(true)
                .resourceGroupTag(new byte[] {7})
                .diskFullOpt(1)
                .keySpace(KeySpace.v2(KeyMode.TXN, 8))
                .requestSource("leader_background")
                .busyThresholdMs(9)
                .resourceGroup("rg")
                .bucketsVersion(10)
                .clusterId(11)
                .encode();

        assertThat(Context.parseFrom(encoded))
                .isEqualTo(Context.newBuilder()
                        .setRegionId(1)
                        .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(2).setVersion(3))
                        .setPeer(Peer.newBuilder()
                                .setId(4)
                                .setStoreId(5)
                                .setRole(PeerRole.Learner)
                                .setIsWitness(true))
                        .setTerm(6)
                        .setPriority(CommandPri.High)
                        .setNotFillCache(true)
                        .setReplicaRead(true)
                        .setStaleRead(true)
                        .setResourceGroupTag(ByteString.copyFrom(new byte[] {7}))
                        .setDiskFullOpt(DiskFullOpt.AllowedOnAlmostFull)
                        .setApiVersion(APIVersion.V2)
                        .setKeyspaceId(8)
                        .setRequestSource("leader_background")
                        .setBusyThresholdMs(9)
                        .setResourceControlContext(
                                ResourceControlContext.newBuilder().setResourceGroupName("rg"))
                        .setBucketsVersion(10)
                        .setClusterId(11)
                        .build());
    }

    @Example
    void contextWithNothingSetIsEmpty() {
        assertThat(new ContextEncoder().encode()).isEmpty();
        assertThat(new ContextEncoder().keySpace(KeySpace.v1Ttl()).encode()).isEmpty();
    }

    @Property(tries = 300)
    void unaryRequest(@ForAll final byte[] key, @ForAll final byte[] value) throws Exception {
        final byte[] route = new ContextEncoder().regionId(300).peer(1, 2).encode();
        final byte[] options = new ContextEncoder().keySpace(SPACE).encode();
        final byte[] body = putBody(key, value);
        final ByteBuf out = Unpooled.buffer();

        UnaryRequestEncoder.writeHead(out, route, options, 20_000, true);
        out.writeBytes(body);

        final RawPutRequest request = RawPutRequest.parseFrom(ByteBufUtil.getBytes(out));
        assertThat(request.getContext().getRegionId()).isEqualTo(300);
        assertThat(request.getContext().getMaxExecutionDurationMs()).isEqualTo(20_000);
        assertThat(request.getContext().getIsRetryRequest()).isTrue();
        assertThat(request.getKey()).isEqualTo(ByteString.copyFrom(SPACE.storeKey(key)));
        assertThat(request.getValue()).isEqualTo(ByteString.copyFrom(value));
        final int contextLength = UnaryRequestEncoder.contextLength(route, options, 20_000, true);
        assertThat(UnaryRequestEncoder.requestSize(contextLength, body.length)).isEqualTo(out.readableBytes());
    }

    @Property(tries = 200)
    void batchOfManyRequests(
            @ForAll @Size(max = 150) final List<byte[]> keys,
            @ForAll final long firstId,
            @ForAll @IntRange(min = 0, max = 300) final int contextBytes)
            throws Exception {
        final RawPointBodies bodies = new RawPointBodies(SPACE, "", false);
        final byte[] route = new ContextEncoder()
                .regionId(1)
                .resourceGroupTag(new byte[contextBytes])
                .encode();
        final byte[] options = new ContextEncoder().keySpace(SPACE).encode();
        final Context context = Context.parseFrom(
                Unpooled.buffer().writeBytes(route).writeBytes(options).nioBuffer());
        final BatchCommandsRequest.Builder expected = BatchCommandsRequest.newBuilder();
        final long[] ids = new long[keys.size() + 1];
        final ByteBuf out = Unpooled.buffer();
        int size = 0;

        for (int i = 0; i < keys.size(); i++) {
            final byte[] key = keys.get(i);
            ids[i] = firstId + i;
            expected.addRequestIds(ids[i]);
            if (i % 2 == 0) {
                final int bodyLength = bodies.getSize(key.length);
                BatchCommandsEncoder.writeEntryHead(out, BatchCommand.RAW_GET, route, options, 0, false, bodyLength);
                bodies.writeGet(out, key);
                size += BatchCommandsEncoder.entrySize(BatchCommand.RAW_GET, route.length + options.length, bodyLength);
                expected.addRequests(BatchCommandsRequest.Request.newBuilder()
                        .setRawGet(RawGetRequest.newBuilder()
                                .setContext(context)
                                .setKey(ByteString.copyFrom(SPACE.storeKey(key)))));
            } else {
                final byte[] body = putBody(key, key);
                BatchCommandsEncoder.writeEntryHead(out, BatchCommand.RAW_PUT, route, options, 0, false, body.length);
                out.writeBytes(body);
                size += BatchCommandsEncoder.entrySize(
                        BatchCommand.RAW_PUT, route.length + options.length, body.length);
                expected.addRequests(BatchCommandsRequest.Request.newBuilder()
                        .setRawPut(RawPutRequest.newBuilder()
                                .setContext(context)
                                .setKey(ByteString.copyFrom(SPACE.storeKey(key)))
                                .setValue(ByteString.copyFrom(key))));
            }
        }
        BatchCommandsEncoder.writeRequestIds(out, ids, keys.size());
        size += BatchCommandsEncoder.requestIdsSize(ids, keys.size());

        assertThat(BatchCommandsRequest.parseFrom(ByteBufUtil.getBytes(out))).isEqualTo(expected.build());
        assertThat(out.readableBytes())
                .isEqualTo(size)
                .isEqualTo(expected.build().getSerializedSize());
    }

    @Example
    void commandsAreTheFieldsOfBothOneofs() {
        final var requests = BatchCommandsRequest.Request.getDescriptor();
        final var responses = io.tikvdirect.proto.tikvpb.BatchCommandsResponse.Response.getDescriptor();
        for (int number = 1; number < 1_000; number++) {
            assertThat(BatchCommand.isCommand(number))
                    .as("field %s", number)
                    .isEqualTo(requests.findFieldByNumber(number) != null)
                    .isEqualTo(responses.findFieldByNumber(number) != null);
            if (!BatchCommand.name(number).startsWith("command ")) {
                assertThat(requests.findFieldByNumber(number).getName()).isEqualTo(BatchCommand.name(number));
            }
        }
    }

    private static byte[] putBody(final byte[] key, final byte[] value) {
        final ByteBuf body = Unpooled.buffer();
        new RawPointBodies(SPACE, "", false).writePut(body, key, value, 0);
        return ByteBufUtil.getBytes(body);
    }

    private static String validUtf8(final String text) {
        return ByteString.copyFromUtf8(text).toStringUtf8();
    }
}
