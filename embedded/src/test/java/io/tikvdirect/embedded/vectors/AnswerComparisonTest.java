package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerComparisonTest {
    private static final String REGION =
            "{'id':'$REGION1','start_key':'dmVjMDEyX18=','end_key':'dmVjMDEyX19o','region_epoch':{'conf_ver':'$CONFVER1',"
                    + "'version':'$VERSION1'},'peers':[{'id':'$PEER1.0','store_id':'1'},{'id':'$PEER1.1','store_id':'2'}]}";
    private static final String OTHER =
            "{'id':'$OTHER1','start_key':'Zmlyc3Q=','end_key':'dmVjMDEyX18=','region_epoch':{'conf_ver':'$ANY',"
                    + "'version':'$ANY'},'peers':'$ANYPEERS*1'}";
    private static final String FOUND_REGION =
            "{'id':'7','start_key':'dmVjMDEyX18=','end_key':'dmVjMDEyX19o','region_epoch':{'conf_ver':'1','version':'5'},"
                    + "'peers':[{'id':'9','store_id':'2'},{'id':'8','store_id':'1'}]}";
    private static final String FOUND_OTHER = "{'id':'30','start_key':'enp6','end_key':'dmVjMDEyX18=',"
            + "'region_epoch':{'conf_ver':'1','version':'2'},'peers':[{'id':'31','store_id':'1'}]}";

    private final Placeholders placeholders = new Placeholders()
            .put("REGION1", 7)
            .put("CONFVER1", 1)
            .put("VERSION1", 5)
            .put("PEER1.0", 8)
            .put("PEER1.1", 9)
            .timestamp(466_000_000_000_000_000L);
    private final AnswerComparison comparison =
            new AnswerComparison(placeholders, Boundaries.of(Scenario.named("region_errors_raw_v1")));
    private ComparisonRules rules = new ComparisonRules("KvGet", false, false, "");

    @Test
    void theRecordedAnswerItselfIsAlike() {
        assertAlike(
                "{'value':'MQ==','commit_ts':'T+20','deep':[{'count':3}]}",
                "{'value':'MQ==','commit_ts':'466000000000000020','deep':[{'count':3}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'value':'MQ=='} | {'value':'Mg=='} | .value",
                "{'value':'MQ=='} | {} | .value",
                "{} | {'not_found':true} | .not_found",
                "{'ts':'T+20'} | {'ts':'466000000000000021'} | .ts",
                "{'kvs':[{'key':'YQ=='},{'key':'Yg=='}]} | {'kvs':[{'key':'Yg=='},{'key':'YQ=='}]} | .kvs[0].key",
                "{'kvs':[{'key':'YQ=='}]} | {'kvs':[{'key':'YQ=='},{'key':'YQ=='}]} | .kvs",
                "{'kvs':[{'key':'YQ=='}]} | {} | .kvs",
                "{'region_error':{'stale_command':{}}} | {'region_error':{}} | .region_error.stale_command",
                "{'n':3} | {'n':4} | .n",
                "{'any':'$ANY'} | {} | .any",
                "{'error':{'abort':'a'}} | {'error':{'retryable':'a'}} | .error.abort",
                "{'error':'text'} | {'error':{'abort':'text'}} | .error",
                "{'store':{'address':'$ADDR'}} | {'store':{'address':'nowhere'}} | .store.address"
            })
    void anAlteredAnswerIsDifferent(String recorded, String altered, String path) {
        List<Difference> differences = compare(recorded, altered);
        assertThat(differences).isNotEmpty();
        assertThat(differences.get(0).path()).isEqualTo(path);
        assertThat(differences.get(0))
                .hasToString(differences.get(0).toString())
                .asString()
                .startsWith(path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'any':'$ANY'} | {'any':'12'}",
                "{'tokens':100} | {'tokens':100.0}",
                "{'url':'http://$ADDR'} | {'url':'http://127.0.0.1:2379'}",
                "{'blocker':'b1 at <T+31> until $DATE'} | {'blocker':'b1 at 466000000000000031 until tomorrow'}",
                "{'responses':null} | {'responses':[]}",
                "{'a':1} | {'a':1,'exec_details_v2':{'x':1},'tikv_send_time_ns':'5'}",
                "{'error':{'abort':'these words'}} | {'error':{'abort':'other words'}}"
            })
    void whatTheRulesLeaveOpenIsAlike(String recorded, String found) {
        assertAlike(recorded, found);
    }

    @Test
    void nowIsTheTimeOfTheTimestamps() {
        long nowSeconds = (placeholders.timestamp() >>> 18) / 1000;
        assertAlike("{'ttl':'$MAXINT64-NOW_IN_SECONDS'}", "{'ttl':'" + (Long.MAX_VALUE - nowSeconds - 3) + "'}");
        assertDifferent("{'ttl':'$MAXINT64-NOW_IN_SECONDS'}", "{'ttl':'" + Long.MAX_VALUE + "'}");
    }

    @Test
    void aTimeToLiveMayBeOneLessWhereTheNoteSaysSo() {
        rules = ComparisonRules.of(step("{'rpc':'RawGetKeyTTL','note':'ttl of it (1000 or 999)'}"));
        assertAlike("{'ttl':'1000'}", "{'ttl':'999'}");
        assertDifferent("{'ttl':'1000'}", "{'ttl':'998'}");
        rules = ComparisonRules.of(step("{'rpc':'RawGetKeyTTL','note':'ttl of it'}"));
        assertDifferent("{'ttl':'1000'}", "{'ttl':'999'}");
    }

    @Test
    void rawErrorsAreToldApartByWhatTheirTextsSay() {
        rules = new ComparisonRules("RawPut", false, false, "");
        assertAlike("{'error':'max key size exceeded, size: 9009, limit: 8192'}", "{'error':'limit exceeded'}");
        assertDifferent(
                "{'error':'max key size exceeded, size: 9009, limit: 8192'}",
                "{'error':'ttl is not enabled, but get put request with ttl'}");
    }

    @Test
    void bytesMayEndInAnything() {
        assertAlike("{'key':{'$prefix':'YWI=','$any_bytes':1}}", "{'key':'YWJj'}");
        assertDifferent("{'key':{'$prefix':'YWI=','$any_bytes':1}}", "{'key':'YmJj'}");
        assertDifferent("{'key':{'$prefix':'YWI=','$any_bytes':2}}", "{'key':'YWJj'}");
    }

    @Test
    void peersComeInAnyOrder() {
        assertAlike(REGION, FOUND_REGION);
        assertDifferent(REGION, FOUND_REGION.replace("'id':'9'", "'id':'10'"));
        assertDifferent(REGION, FOUND_REGION.replace(",{'id':'8','store_id':'1'}", ""));
    }

    @Test
    void answersOfABatchComeInAnyOrder() {
        String recorded = "{'answers_by_id':[{'request_id':'9','response':{'Get':{'not_found':true}}},"
                + "{'request_id':'9','response':{'Get':{'value':'MQ=='}}}]}";
        assertAlike(
                recorded,
                "{'answers_by_id':[{'request_id':'9','response':{'Get':{'value':'MQ=='}}},"
                        + "{'request_id':'9','response':{'Get':{'not_found':true}}}]}");
        assertDifferent(
                recorded,
                "{'answers_by_id':[{'request_id':'9','response':{'Get':{'value':'MQ=='}}},"
                        + "{'request_id':'9','response':{'Get':{'value':'MQ=='}}}]}");
    }

    @Test
    void aForeignRegionStaysTheSameOnce() {
        assertAlike(OTHER, FOUND_OTHER);
        assertAlike(OTHER, FOUND_OTHER);
        assertDifferent(OTHER, FOUND_OTHER.replace("'id':'30'", "'id':'40'"));
        assertDifferent(OTHER.replace("$OTHER1", "$OTHER2"), FOUND_OTHER);
    }

    @Test
    void aRegionOfTheLayoutIsNotForeign() {
        assertDifferent(OTHER, FOUND_OTHER.replace("'id':'30'", "'id':'7'"));
    }

    @Test
    void aForeignRegionCountsItsPeersAndTouchesTheLayoutWhereRecorded() {
        assertDifferent(OTHER, FOUND_OTHER.replace("'peers':[{'id':'31','store_id':'1'}]", "'peers':[]"));
        assertDifferent(OTHER, FOUND_OTHER.replace("'end_key':'dmVjMDEyX18='", "'end_key':'enp6'"));
        assertDifferent(OTHER, FOUND_OTHER.replace("'start_key':'enp6'", "'start_key':'dmVjMDEyX19o'"));
    }

    @Test
    void neighboursFartherLeftCountOnlyForARecentEpoch() {
        String recorded = "{'current_regions':[" + REGION + "," + OTHER + "]}";
        String more = "{'current_regions':[" + FOUND_REGION + "," + FOUND_OTHER + ","
                + FOUND_OTHER.replace("'id':'30'", "'id':'40'") + "]}";
        assertDifferent(recorded, more);
        rules = new ComparisonRules("KvGet", true, false, "");
        assertAlike(recorded, more);
        assertDifferent(recorded, "{'current_regions':[" + FOUND_OTHER + "]}");
    }

    @Test
    void anEpochOfLongAgoIsMissingOrOne() {
        assertThat(openNeighbours("{'context':{'region_id':'7'}}")).isTrue();
        assertThat(openNeighbours("{'context':{'region_id':'7','region_epoch':{'version':'1'}}}"))
                .isTrue();
        assertThat(openNeighbours("{'context':{'region_id':'7','region_epoch':{'version':'$VERSION1-1'}}}"))
                .isFalse();
        assertThat(openNeighbours("{'requests':[{'Get':{'context':{'region_id':'7'}}}]}"))
                .isTrue();
    }

    private static boolean openNeighbours(String request) {
        return ComparisonRules.of(step("{'rpc':'KvGet','note':'','request':" + request + "}"))
                .openNeighbours();
    }

    private void assertAlike(String recorded, String found) {
        assertThat(compare(recorded, found)).isEmpty();
    }

    private void assertDifferent(String recorded, String found) {
        assertThat(compare(recorded, found)).isNotEmpty();
    }

    private List<Difference> compare(String recorded, String found) {
        return comparison.compare(json(recorded), json(found), rules);
    }

    private static Step step(String text) {
        return new Step((JsonObject) json(text));
    }

    private static JsonElement json(String text) {
        return JsonParser.parseString(text.replace('\'', '"'));
    }
}
