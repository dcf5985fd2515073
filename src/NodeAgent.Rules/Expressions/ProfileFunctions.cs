// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.Expressions;

/// <summary>What the container's profile holds: <c>cp.</c>, of which <c>ap.</c> is the older name.</summary>
/// <remarks>
/// The first argument is the id of the event's own container; of another one an expression cannot ask. Without a profile that may be judged by,
/// every answer is no. Arguments, flags and methods are compared. Source: Kubescape's rules.
/// </remarks>
internal static class ProfileFunctions
{
    private static readonly CelType Texts = CelType.List(CelType.String);

    public static void Declare(CelEnvironmentBuilder to, EventScope scope)
    {
        foreach (string prefix in (string[])["cp.", "ap."])
        {
            DeclareFiles(to, scope, prefix);
            DeclareRequests(to, scope, prefix);
            Ask(to, scope, prefix + "was_syscall_used", (profile, name) => profile.WasSyscallUsed(name.Span));
            Ask(to, scope, prefix + "was_capability_used", (profile, name) => profile.WasCapabilityUsed(name.Span));
        }
    }

    /// <summary>Whose the question is.</summary>
    /// <returns>False: there is no profile; or the question is a fault, which the context then has.</returns>
    public static bool TryAsk(CelContext context, EventScope scope, CelText containerId, [NotNullWhen(true)] out ProfileView? profile)
    {
        profile = null;
        if (containerId != scope.Identity.ContainerId)
        {
            context.Fail(CelFault.Host, "only the event's own container may be asked for: event.containerId");
            return false;
        }

        return scope.Context.TryGetCompletedProfile(out profile);
    }

    /// <summary>A question about one text.</summary>
    public static void Ask(CelEnvironmentBuilder to, EventScope scope, string name, Func<ProfileView, CelText, bool> ask) =>
        to.Function(name, (context, id, text) => TryAsk(context, scope, id, out ProfileView? profile) && ask(profile, text));

    private static void DeclareFiles(CelEnvironmentBuilder to, EventScope scope, string prefix)
    {
        Ask(to, scope, prefix + "was_executed", (profile, path) => profile.WasExecuted(path.Span));
        Ask(to, scope, prefix + "was_path_opened", (profile, path) => profile.WasOpened(path.Span));
        Ask(to, scope, prefix + "was_path_opened_with_prefix", (profile, start) => profile.WasOpenedLike(start.Span, []));
        Ask(to, scope, prefix + "was_path_opened_with_suffix", (profile, end) => profile.WasOpenedLike([], end.Span));
        to.Function(prefix + "was_executed_with_args", CelType.Bool, [CelType.String, CelType.String, Texts], (context, a) =>
            CelValue.Of(TryAsk(context, scope, a[0].Text, out ProfileView? profile) && profile.WasExecutedWithArgs(a[1].Text.Span, ArgumentTexts.Of(a[2].List))));
        to.Function(prefix + "was_path_opened_with_flags", CelType.Bool, [CelType.String, CelType.String, Texts], (context, a) =>
            CelValue.Of(TryAsk(context, scope, a[0].Text, out ProfileView? profile) && profile.WasOpened(a[1].Text.Span, FlagTexts.Parse(a[2].List))));
    }

    private static void DeclareRequests(CelEnvironmentBuilder to, EventScope scope, string prefix)
    {
        string endpoint = prefix + "was_endpoint_accessed";
        Ask(to, scope, endpoint, (profile, path) => profile.WasEndpointAccessed(path.Span, [], EndpointMatch.Whole));
        Ask(to, scope, endpoint + "_with_prefix", (profile, start) => profile.WasEndpointAccessed(start.Span, [], EndpointMatch.Prefix));
        Ask(to, scope, endpoint + "_with_suffix", (profile, end) => profile.WasEndpointAccessed(end.Span, [], EndpointMatch.Suffix));
        Ask(to, scope, prefix + "was_host_accessed", (profile, host) => profile.WasHostAccessed(host.Span));
        to.Function(endpoint + "_with_method", CelType.Bool, [CelType.String, CelType.String, CelType.String], (context, a) =>
            CelValue.Of(TryAsk(context, scope, a[0].Text, out ProfileView? profile) && profile.WasEndpointAccessed(a[1].Text.Span, [a[2].Text.ToString()], EndpointMatch.Whole)));
        to.Function(endpoint + "_with_methods", CelType.Bool, [CelType.String, CelType.String, Texts], (context, a) =>
            CelValue.Of(TryAsk(context, scope, a[0].Text, out ProfileView? profile) && profile.WasEndpointAccessed(a[1].Text.Span, ArgumentTexts.Of(a[2].List), EndpointMatch.Whole)));
    }
}
