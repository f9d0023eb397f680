package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;

class RequestTemplateTest {
    private final RequestTemplate template =
            new RequestTemplate(new Placeholders().put("REGION1", 12).timestamp(1000));

    @Test
    void placeholdersAreReplacedAtAnyDepth() {
        assertThat(fill("{'context':{'region_id':'$REGION1'},'versions':['T+1','7'],'limit':3,'raw':true}", "get"))
                .isEqualTo(json("{'context':{'region_id':'12'},'versions':['1001','7'],'limit':3,'raw':true}"));
    }

    @Test
    void longValuesAreWrittenOut() {
        assertThat(fill("{'value':{'$prefix':'YQ==','$repeat':'Yg==','$times':3}}", "put"))
                .isEqualTo(json("{'value':'YWJiYg=='}"));
    }

    @Test
    void anyEpochIsOneThatNoRegionHas() {
        assertThat(fill("{'version':'$ANY'}", "get unknown region")).isEqualTo(json("{'version':'1'}"));
    }

    @Test
    void onlyTheNoteTellsAnOldTermFromOneAhead() {
        assertThat(fill("{'term':'$ANY'}", "get: term 1 (stale)")).isEqualTo(json("{'term':'1'}"));
        assertThat(fill("{'term':'$ANY'}", "get: term far ahead")).isEqualTo(json("{'term':'1000000'}"));
    }

    private JsonElement fill(String request, String note) {
        JsonObject step = new JsonObject();
        step.addProperty("note", note);
        return template.fill(json(request), new Step(step));
    }

    private static JsonElement json(String text) {
        return JsonParser.parseString(text.replace('\'', '"'));
    }
}
