// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Agent;

/// <summary>Rules as people write them.</summary>
internal static class RuleFiles
{
    /// <param name="rules">Made by <see cref="Rule"/>.</param>
    public static string Of(string name, params string[] rules) => $$"""
        apiVersion: kubescape.io/v1
        kind: Rules
        metadata: {name: {{name}}, namespace: default}
        spec:
          rules:

        """ + string.Concat(rules);

    /// <summary>One that needs no profile.</summary>
    /// <param name="expression">Shape: without double quotes.</param>
    public static string Rule(string id, string eventType, string expression) => $$"""
            - id: {{id}}
              name: "{{id}}"
              enabled: true
              description: "A test's."
              severity: 5
              profileDependency: 2
              supportPolicy: false
              isTriggerAlert: true
              mitreTactic: TA0002
              mitreTechnique: T1059
              tags: ["context:kubernetes", "context:standalone"]
              expressions:
                message: "event.comm"
                uniqueId: "string(event.pid)"
                ruleExpression: [{eventType: {{eventType}}, expression: "{{expression}}"}]

        """;
}
