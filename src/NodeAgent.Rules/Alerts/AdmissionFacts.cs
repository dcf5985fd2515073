// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Alerts;

/// <summary>What an alert about a request to the API server tells of it. Source: Kubescape's alerts.</summary>
internal static class AdmissionFacts
{
    private const int AlertType = 2;

    /// <returns>With the command as arguments: nothing was executed yet, so no process is named.</returns>
    public static AlertFacts Of(AdmissionEvent admission, string message)
    {
        IReadOnlyList<string>? command = admission.Command.Count == 0 ? null : BoundedText.Arguments(admission.Command);
        return new AlertFacts(message, new AlertArguments { Args = command }, null) { Admission = admission };
    }

    public static RuntimeAlert Add(RuntimeAlert alert, AdmissionEvent admission) => alert with
    {
        AlertType = AlertType,
        Kind = new AlertGroupVersionKind(admission.Group, admission.Version, admission.Kind),
        RequestNamespace = admission.Namespace,
        ObjectName = admission.Name,
        Resource = new AlertGroupVersionResource(admission.ResourceGroup, admission.ResourceVersion, admission.Resource),
        Subresource = Known(admission.Subresource),
        Operation = Known(admission.Operation),
        Object = admission.Object is { Command: { } command } options ? options with { Command = BoundedText.Arguments(command) } : admission.Object,
        UserInfo = new AlertUserInfo(admission.UserName, Known(admission.UserUid), admission.Groups.Count == 0 ? null : admission.Groups),

        // Any agent may be asked about any pod: what it is called itself says nothing then.
        NodeName = Known(admission.NodeName) ?? alert.NodeName,
        HostName = admission.NodeName.Length == 0 || admission.NodeName == alert.NodeName ? alert.HostName : null,
    };

    private static string? Known(string text) => text.Length == 0 ? null : text;
}
