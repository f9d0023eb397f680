package io.tikvdirect.embedded.internal.pd;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.tikvdirect.embedded.internal.serving.Command;
import io.tikvdirect.embedded.internal.serving.ServiceBuilder;
import io.tikvdirect.proto.resource_manager.DeleteResourceGroupRequest;
import io.tikvdirect.proto.resource_manager.DeleteResourceGroupResponse;
import io.tikvdirect.proto.resource_manager.GetResourceGroupRequest;
import io.tikvdirect.proto.resource_manager.GetResourceGroupResponse;
import io.tikvdirect.proto.resource_manager.GrantedRUTokenBucket;
import io.tikvdirect.proto.resource_manager.GroupMode;
import io.tikvdirect.proto.resource_manager.GroupRequestUnitSettings;
import io.tikvdirect.proto.resource_manager.KeyspaceIDValue;
import io.tikvdirect.proto.resource_manager.ListResourceGroupsRequest;
import io.tikvdirect.proto.resource_manager.ListResourceGroupsResponse;
import io.tikvdirect.proto.resource_manager.PutResourceGroupRequest;
import io.tikvdirect.proto.resource_manager.PutResourceGroupResponse;
import io.tikvdirect.proto.resource_manager.RequestUnitItem;
import io.tikvdirect.proto.resource_manager.ResourceGroup;
import io.tikvdirect.proto.resource_manager.TokenBucket;
import io.tikvdirect.proto.resource_manager.TokenBucketRequest;
import io.tikvdirect.proto.resource_manager.TokenBucketResponse;
import io.tikvdirect.proto.resource_manager.TokenBucketsRequest;
import io.tikvdirect.proto.resource_manager.TokenBucketsResponse;
import io.tikvdirect.proto.resource_manager.TokenLimitSettings;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Thread-safe. {@code resource_manager.ResourceManager}. Groups are kept and described; every token that is asked for is
 * granted, budgets are not enforced.
 */
final class ResourceGroupService {
    private static final String DEFAULT_GROUP = "default";
    private static final int DEFAULT_PRIORITY = 8;
    private static final int MAX_GROUPS = 1_000;
    private static final KeyspaceIDValue NULL_KEYSPACE =
            KeyspaceIDValue.newBuilder().setValue(-1).build();
    private static final String DONE = "Success!";

    private final ConcurrentSkipListMap<String, ResourceGroup> groups = new ConcurrentSkipListMap<>();

    ResourceGroupService() {
        TokenLimitSettings unlimited = TokenLimitSettings.newBuilder()
                .setFillRate(Integer.MAX_VALUE)
                .setBurstLimit(-1)
                .build();
        groups.put(
                DEFAULT_GROUP,
                ResourceGroup.newBuilder()
                        .setName(DEFAULT_GROUP)
                        .setMode(GroupMode.RUMode)
                        .setPriority(DEFAULT_PRIORITY)
                        .setKeyspaceId(NULL_KEYSPACE)
                        .setRUSettings(GroupRequestUnitSettings.newBuilder()
                                .setRU(TokenBucket.newBuilder().setSettings(unlimited)))
                        .build());
    }

    ServiceBuilder register(ServiceBuilder service) {
        add(
                service,
                "ListResourceGroups",
                ListResourceGroupsRequest.getDefaultInstance(),
                ListResourceGroupsResponse.getDefaultInstance(),
                request -> ListResourceGroupsResponse.newBuilder()
                        .addAllGroups(groups.values())
                        .build());
        add(
                service,
                "GetResourceGroup",
                GetResourceGroupRequest.getDefaultInstance(),
                GetResourceGroupResponse.getDefaultInstance(),
                request -> GetResourceGroupResponse.newBuilder()
                        .setGroup(existing(request.getResourceGroupName()))
                        .build());
        add(
                service,
                "AddResourceGroup",
                PutResourceGroupRequest.getDefaultInstance(),
                PutResourceGroupResponse.getDefaultInstance(),
                request -> put(request, false));
        add(
                service,
                "ModifyResourceGroup",
                PutResourceGroupRequest.getDefaultInstance(),
                PutResourceGroupResponse.getDefaultInstance(),
                request -> put(request, true));
        add(
                service,
                "DeleteResourceGroup",
                DeleteResourceGroupRequest.getDefaultInstance(),
                DeleteResourceGroupResponse.getDefaultInstance(),
                this::delete);
        add(
                service,
                "AcquireTokenBuckets",
                TokenBucketsRequest.getDefaultInstance(),
                TokenBucketsResponse.getDefaultInstance(),
                this::grant);
        return service;
    }

    private static <Q extends Message, R extends Message> void add(
            ServiceBuilder service, String rpc, Q request, R response, Command.Execution<Q, R> execution) {
        service.add(new Command<>(rpc, request, response, execution, asked -> 0));
    }

    private ResourceGroup existing(String name) {
        ResourceGroup group = groups.get(name);
        if (group == null) {
            throw refused("there is no resource group " + name);
        }
        return group;
    }

    /** A request without a group ends a real PD's process; here it is refused. */
    private PutResourceGroupResponse put(PutResourceGroupRequest request, boolean mustExist) {
        String name = request.getGroup().getName();
        if (name.isEmpty()) {
            throw refused("a resource group needs a name");
        }
        if (mustExist) {
            existing(name);
        } else if (groups.size() >= MAX_GROUPS) {
            throw refused("there are too many resource groups");
        }
        groups.put(
                name,
                request.getGroup().toBuilder().setKeyspaceId(NULL_KEYSPACE).build());
        return PutResourceGroupResponse.newBuilder().setBody(DONE).build();
    }

    private DeleteResourceGroupResponse delete(DeleteResourceGroupRequest request) {
        if (request.getResourceGroupName().equals(DEFAULT_GROUP)) {
            throw refused("the default resource group can't be deleted");
        }
        existing(request.getResourceGroupName());
        groups.remove(request.getResourceGroupName());
        return DeleteResourceGroupResponse.newBuilder().setBody(DONE).build();
    }

    /** Tokens of a group that is not there are passed over in silence (SURPRISES 45). */
    private TokenBucketsResponse grant(TokenBucketsRequest request) {
        TokenBucketsResponse.Builder response = TokenBucketsResponse.newBuilder();
        for (TokenBucketRequest asked : request.getRequestsList()) {
            ResourceGroup group = groups.get(asked.getResourceGroupName());
            if (group != null) {
                response.addResponses(grant(asked, group, request.getTargetRequestPeriodMs()));
            }
        }
        return response.build();
    }

    private static TokenBucketResponse grant(TokenBucketRequest asked, ResourceGroup group, long periodMs) {
        TokenBucketResponse.Builder response = TokenBucketResponse.newBuilder()
                .setResourceGroupName(group.getName())
                .setKeyspaceId(NULL_KEYSPACE);
        long burst = group.getRUSettings().getRU().getSettings().getBurstLimit();
        for (RequestUnitItem item : asked.getRuItems().getRequestRUList()) {
            response.addGrantedRUTokens(GrantedRUTokenBucket.newBuilder()
                    .setType(item.getType())
                    .setTrickleTimeMs(burst < 0 ? 0 : periodMs)
                    .setGrantedTokens(TokenBucket.newBuilder()
                            .setTokens(item.getValue())
                            .setSettings(TokenLimitSettings.newBuilder().setBurstLimit(Math.min(burst, 0)))));
        }
        return response.build();
    }

    private static RuntimeException refused(String why) {
        return Status.UNKNOWN.withDescription(why).asRuntimeException();
    }
}
