package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.kvrpcpb.BufferBatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. Puts failures where a response has room for them.
 *
 * <table>
 * <caption>Fields, as recorded</caption>
 * <tr><th>response has</th><th>then</th></tr>
 * <tr><td>{@code error}, text</td><td>the words</td></tr>
 * <tr><td>{@code error}, KeyError</td><td>the error; scans and batch gets have it in a single pair too</td></tr>
 * <tr><td>{@code errors}</td><td>the one error</td></tr>
 * <tr><td>pairs only</td><td>a single pair with only an error</td></tr>
 * </table>
 *
 * @param <R> the response
 */
final class FailureAnswers<R extends Message> {
    private final R response;
    private final @Nullable FieldDescriptor regionError;
    private final @Nullable FieldDescriptor error;
    private final @Nullable FieldDescriptor errors;
    private final @Nullable FieldDescriptor pairs;

    FailureAnswers(R response) {
        this.response = response;
        var fields = response.getDescriptorForType();
        this.regionError = fields.findFieldByName("region_error");
        this.error = fields.findFieldByName("error");
        this.errors = fields.findFieldByName("errors");
        FieldDescriptor kvs = fields.findFieldByName("kvs");
        boolean pairsCarryErrors = !(response instanceof BufferBatchGetResponse);
        this.pairs = kvs != null ? kvs : pairsCarryErrors ? fields.findFieldByName("pairs") : null;
    }

    @SuppressWarnings("unchecked")
    R regionError(Error failure) {
        if (regionError == null) {
            throw new IllegalStateException(name() + " has no room for a region error");
        }
        return (R) response.newBuilderForType().setField(regionError, failure).build();
    }

    R error(CommandErrorException refused) {
        boolean asText = error != null && error.getJavaType() == JavaType.STRING;
        String words = asText ? refused.text() : refused.textInPair();
        return error(KeyError.newBuilder().setAbort(words).build());
    }

    @SuppressWarnings("unchecked")
    R error(KeyError failure) {
        Message.Builder answer = response.newBuilderForType();
        if (error != null && error.getJavaType() == JavaType.STRING) {
            return (R) answer.setField(error, failure.getAbort()).build();
        }
        if (error != null) {
            answer.setField(error, failure);
        }
        if (errors != null) {
            answer.setField(errors, List.of(failure));
        }
        if (pairs != null) {
            answer.setField(pairs, List.of(KvPair.newBuilder().setError(failure).build()));
        }
        if (answer.getAllFields().isEmpty()) {
            throw new IllegalStateException(name() + " has no room for this failure: " + failure);
        }
        return (R) answer.build();
    }

    private String name() {
        return response.getDescriptorForType().getName();
    }
}
