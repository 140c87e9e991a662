package judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;

/** Rights and credentials. */
final class Security {
    private static final int ITERATIONS = 4096;

    private final Judge judge;

    Security(Judge judge) {
        this.judge = judge;
    }

    void register(Map<String, Judge.Operation> operations) {
        operations.put("create_acls", this::createAcls);
        operations.put("delete_acls", this::deleteAcls);
        operations.put("set_scram", this::setScram);
    }

    private static AclBinding binding(JsonNode acl) {
        ResourcePattern resource = new ResourcePattern(ResourceType.fromString(Fields.text(acl, "resource")),
            Fields.text(acl, "name"), PatternType.fromString(Fields.text(acl, "pattern")));
        AccessControlEntry entry = new AccessControlEntry(Fields.text(acl, "principal"), Fields.text(acl, "host"),
            AclOperation.fromString(Fields.text(acl, "operation")),
            AclPermissionType.fromString(Fields.text(acl, "permission")));
        return new AclBinding(resource, entry);
    }

    private JsonNode createAcls(JsonNode request) throws Exception {
        List<AclBinding> bindings = new ArrayList<>();
        request.required("acls").forEach(acl -> bindings.add(binding(acl)));
        judge.admin(request).createAcls(bindings).all().get();
        return Judge.JSON.createObjectNode();
    }

    /** Everything that names the principal, or only the given ones. */
    private JsonNode deleteAcls(JsonNode request) throws Exception {
        List<AclBindingFilter> filters = new ArrayList<>();
        Fields.maybe(request, "acls").ifPresentOrElse(
            acls -> acls.forEach(acl -> filters.add(binding(acl).toFilter())),
            () -> filters.add(new AclBindingFilter(ResourcePatternFilter.ANY, new AccessControlEntryFilter(
                Fields.text(request, "principal"), null, AclOperation.ANY, AclPermissionType.ANY))));
        int deleted = judge.admin(request).deleteAcls(filters).all().get().size();
        return Judge.JSON.createObjectNode().put("deleted", deleted);
    }

    private JsonNode setScram(JsonNode request) throws Exception {
        ScramMechanism mechanism = ScramMechanism.fromMechanismName(Fields.text(request, "mechanism"));
        judge.admin(request).alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
            Fields.text(request, "user"), new ScramCredentialInfo(mechanism, ITERATIONS),
            Fields.text(request, "password")))).all().get();
        return Judge.JSON.createObjectNode();
    }
}
