package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordedAnswerTest {
    @Test
    void answersOfAllMessagesOfABatchAreGathered() {
        JsonObject recorded = RecordedAnswer.of(
                step("{'rpc':'BatchCommands'}"),
                new Answer(
                        Status.OK,
                        List.of(
                                json("{'request_ids':['2'],'responses':[{}],'health_feedback':{}}"),
                                json("{'request_ids':['1'],'responses':[{'Empty':{}}],'transport_layer_load':'3'}"))));
        assertThat(recorded)
                .isEqualTo(json("{'grpc_status':'OK','response':{'answers_by_id':["
                        + "{'request_id':'2','response':{}},{'request_id':'1','response':{'Empty':{}}}],"
                        + "'health_feedback_present_in_some_message':true}}"));
    }

    @Test
    void aFailedCallHasNoResponse() {
        assertThat(RecordedAnswer.of(step("{'rpc':'KvGet'}"), new Answer(Status.FAILED_PRECONDITION, List.of())))
                .isEqualTo(json("{'grpc_status':'FailedPrecondition'}"));
    }

    @Test
    void aStreamKeepsWhatCameBeforeItFailed() {
        Answer answer = new Answer(Status.CANCELLED, List.of(json("{'count':1}")));
        assertThat(RecordedAnswer.of(step("{'rpc':'Tso','requests':[]}"), answer))
                .isEqualTo(json("{'grpc_status':'Canceled','responses':[{'count':1}]}"));
    }

    private static Step step(String text) {
        return new Step((JsonObject) json(text));
    }

    private static JsonElement json(String text) {
        return JsonParser.parseString(text.replace('\'', '"'));
    }
}
