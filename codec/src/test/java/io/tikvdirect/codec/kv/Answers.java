package io.tikvdirect.codec.kv;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.tikvdirect.proto.errorpb.EpochNotMatch;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.NotLeader;
import io.tikvdirect.proto.kvrpcpb.HealthFeedback;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.RawBatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawCASResponse;
import io.tikvdirect.proto.kvrpcpb.RawChecksumResponse;
import io.tikvdirect.proto.kvrpcpb.RawCoprocessorResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawPutResponse;
import io.tikvdirect.proto.kvrpcpb.RawScanResponse;
import io.tikvdirect.proto.metapb.Peer;
import io.tikvdirect.proto.metapb.Region;
import io.tikvdirect.proto.metapb.RegionEpoch;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse;
import java.util.Random;

/** Random answers of a store, from a seed, with every field sometimes absent and unknown fields sometimes present. */
final class Answers {
    private final Random random;

    Answers(final long seed) {
        random = new Random(seed);
    }

    RawGetResponse rawGet() {
        final RawGetResponse.Builder answer = RawGetResponse.newBuilder().setUnknownFields(unknown());
        if (rarely()) {
            answer.setRegionError(regionError());
        }
        if (rarely()) {
            answer.setError(text());
        }
        return answer.setValue(bytes()).setNotFound(random.nextBoolean()).build();
    }

    RawPutResponse rawPut() {
        final RawPutResponse.Builder answer = RawPutResponse.newBuilder().setUnknownFields(unknown());
        if (rarely()) {
            answer.setRegionError(regionError());
        }
        return (rarely() ? answer.setError(text()) : answer).build();
    }

    RawGetKeyTTLResponse rawKeyTtl() {
        final RawGetKeyTTLResponse.Builder answer =
                RawGetKeyTTLResponse.newBuilder().setUnknownFields(unknown());
        if (rarely()) {
            answer.setRegionError(regionError());
        }
        return answer.setTtl(number()).setNotFound(random.nextBoolean()).build();
    }

    RawCASResponse rawCas() {
        final RawCASResponse.Builder answer = RawCASResponse.newBuilder().setUnknownFields(unknown());
        if (rarely()) {
            answer.setRegionError(regionError()).setError(text());
        }
        return answer.setSucceed(random.nextBoolean())
                .setPreviousNotExist(random.nextBoolean())
                .setPreviousValue(bytes())
                .build();
    }

    RawChecksumResponse rawChecksum() {
        return RawChecksumResponse.newBuilder()
                .setUnknownFields(unknown())
                .setChecksum(number())
                .setTotalKvs(number())
                .setTotalBytes(number())
                .build();
    }

    RawCoprocessorResponse rawCoprocessor() {
        return RawCoprocessorResponse.newBuilder()
                .setUnknownFields(unknown())
                .setError(rarely() ? text() : "")
                .setData(bytes())
                .build();
    }

    RawScanResponse rawScan() {
        final RawScanResponse.Builder answer = RawScanResponse.newBuilder().setUnknownFields(unknown());
        if (rarely()) {
            answer.setRegionError(regionError());
        }
        for (int i = random.nextInt(30); i > 0; i--) {
            answer.addKvs(pair());
        }
        return answer.build();
    }

    RawBatchGetResponse rawBatchGet() {
        return RawBatchGetResponse.newBuilder()
                .addAllPairs(rawScan().getKvsList())
                .build();
    }

    BatchCommandsResponse batchCommands() {
        final BatchCommandsResponse.Builder answer =
                BatchCommandsResponse.newBuilder().setUnknownFields(unknown());
        for (int i = random.nextInt(60); i > 0; i--) {
            answer.addRequestIds(number()).addResponses(response());
        }
        if (rarely()) {
            answer.setHealthFeedback(HealthFeedback.newBuilder().setStoreId(number()));
        }
        if (rarely()) {
            answer.setTransportLayerLoad(number()).setTikvSendTimeNs(number());
        }
        return answer.build();
    }

    private BatchCommandsResponse.Response response() {
        final BatchCommandsResponse.Response.Builder response = BatchCommandsResponse.Response.newBuilder();
        return switch (random.nextInt(8)) {
            case 0 -> response.setRawGet(rawGet()).build();
            case 1 -> response.setRawPut(rawPut()).build();
            case 2 -> response.setRawScan(rawScan()).build();
            case 3 -> response.setRawBatchGet(rawBatchGet()).build();
            case 4 -> response.setRawCoprocessor(rawCoprocessor()).build();
            case 5 ->
                response.setEmpty(io.tikvdirect.proto.tikvpb.BatchCommandsEmptyResponse.newBuilder()
                                .setTestId(number()))
                        .build();
            case 6 -> response.setUnknownFields(unknown()).build();
            default -> response.setRawGet(RawGetResponse.getDefaultInstance()).build();
        };
    }

    private KvPair pair() {
        final KvPair.Builder pair = KvPair.newBuilder().setUnknownFields(unknown());
        if (rarely()) {
            pair.setError(KeyError.newBuilder().setAbort(text()));
        }
        return pair.setKey(bytes()).setValue(bytes()).build();
    }

    private Error regionError() {
        final Error.Builder error = Error.newBuilder().setMessage(text());
        return switch (random.nextInt(3)) {
            case 0 ->
                error.setNotLeader(NotLeader.newBuilder()
                                .setRegionId(number())
                                .setLeader(Peer.newBuilder().setId(number()).setStoreId(number())))
                        .build();
            case 1 ->
                error.setEpochNotMatch(EpochNotMatch.newBuilder()
                                .addCurrentRegions(Region.newBuilder()
                                        .setId(number())
                                        .setStartKey(bytes())
                                        .setRegionEpoch(RegionEpoch.newBuilder().setVersion(number()))))
                        .build();
            default -> Error.getDefaultInstance();
        };
    }

    private UnknownFieldSet unknown() {
        final UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();
        if (rarely()) {
            fields.mergeField(
                    100 + random.nextInt(100),
                    UnknownFieldSet.Field.newBuilder()
                            .addVarint(number())
                            .addFixed32(1)
                            .addFixed64(number())
                            .addLengthDelimited(bytes())
                            .addGroup(UnknownFieldSet.newBuilder()
                                    .mergeField(
                                            3,
                                            UnknownFieldSet.Field.newBuilder()
                                                    .addLengthDelimited(bytes())
                                                    .build())
                                    .build())
                            .build());
        }
        return fields.build();
    }

    private boolean rarely() {
        return random.nextInt(4) == 0;
    }

    private long number() {
        return random.nextLong() >>> random.nextInt(64);
    }

    private ByteString bytes() {
        final byte[] bytes = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(200)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private String text() {
        return "déjà vu ".repeat(random.nextInt(5));
    }
}
