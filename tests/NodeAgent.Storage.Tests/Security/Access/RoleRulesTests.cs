// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.Storage.Tests.Security.Access;

public sealed class RoleRulesTests
{
    private const string Group = ServerFixture.Group;

    private static readonly RoleRules Rules = RoleRules.Parse("""
        rules:
        - users: [alice]
          verbs: ["*"]
          apiGroups: ["*"]
          resources: ["*"]
        - groups: [readers]
          verbs: [get, list]
          apiGroups: [spdx.softwarecomposition.kubescape.io]
          resources: [containerprofiles, applicationprofiles/status]
          namespaces: [shop]
          resourceNames: [web]
        - groups: [watchers]
          verbs: [get]
          nonResourceURLs: [/metrics, /openapi/*]
        """);

    [Theory]
    [InlineData("alice", "", "delete", Group, "knownservers", "", "", "", "", true)]
    [InlineData("alice", "", "get", "", "", "", "", "", "/metrics", false)]
    [InlineData("bob", "", "get", Group, "containerprofiles", "", "shop", "web", "", false)]
    [InlineData("bob", "readers", "get", Group, "containerprofiles", "", "shop", "web", "", true)]
    [InlineData("bob", "readers", "get", Group, "containerprofiles", "", "shop", "db", "", false)]
    [InlineData("bob", "readers", "list", Group, "containerprofiles", "", "shop", "", "", false)]
    [InlineData("bob", "readers", "get", Group, "containerprofiles", "", "", "web", "", false)]
    [InlineData("bob", "readers", "get", Group, "containerprofiles", "status", "shop", "web", "", false)]
    [InlineData("bob", "readers", "get", Group, "applicationprofiles", "status", "shop", "web", "", true)]
    [InlineData("bob", "readers", "get", Group, "applicationprofiles", "", "shop", "web", "", false)]
    [InlineData("bob", "readers", "get", "other", "containerprofiles", "", "shop", "web", "", false)]
    [InlineData("bob", "readers", "update", Group, "containerprofiles", "", "shop", "web", "", false)]
    [InlineData("bob", "watchers", "get", "", "", "", "", "", "/openapi/v3", true)]
    [InlineData("bob", "watchers", "get", "", "", "", "", "", "/metrics/x", false)]
    [InlineData("bob", "watchers", "post", "", "", "", "", "", "/metrics", false)]
    public void Allow_Request_AsTheRulesSay(string user, string group, string verb, string apiGroup, string resource, string subresource, string ns, string name, string path, bool allowed)
    {
        var caller = new Caller(user, string.Empty, group.Length == 0 ? [] : [group], Caller.NoExtra);

        Assert.Equal(allowed, Rules.Allow(new AccessRequest(caller, verb, apiGroup, "v1beta1", resource, subresource, ns, name, path)));
    }

    [Theory]
    [InlineData("", "expected 'rules:'")]
    [InlineData("rules: {}", "expected 'rules:'")]
    [InlineData("rules: []\nmore: 1", "expected 'rules:'")]
    [InlineData("rules: [1]", "rules[0]: expected a mapping")]
    [InlineData("rules: [{verbs: [get], apiGroups: ['*'], resources: ['*']}]", "rules[0]: needs users or groups")]
    [InlineData("rules: [{users: [a], verbs: [get]}]", "rules[0]: needs apiGroups and resources, or else nonResourceURLs")]
    [InlineData("rules: [{users: [a], verbs: [get], resources: [x], nonResourceURLs: [/x], apiGroups: ['']}]", "rules[0]: needs apiGroups and resources, or else")]
    [InlineData("rules: [{users: a, verbs: [get]}]", "rules[0].users: expected a list of texts")]
    [InlineData("rules: [{user: [a]}]", "unknown field 'user'")]
    [InlineData("rules: [", "line ")]
    [InlineData("rules: []\n---\nrules: []", "2 documents")]
    public void Parse_WrongFile_SaysWhereAndWhy(string yaml, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => RoleRules.Parse(yaml)).Message, StringComparison.Ordinal);
}
