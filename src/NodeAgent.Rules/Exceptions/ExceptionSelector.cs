// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Bindings;

namespace NodeAgent.Rules.Exceptions;

/// <summary>For whom an exception holds. Immutable.</summary>
/// <remarks>
/// The other way round than a binding: of whom not enough is known yet, it does not hold. Else an attack could profit from late metadata, and "not of
/// namespace x" would take in everybody whose namespace nobody told.
/// </remarks>
internal sealed class ExceptionSelector(RuleExceptionSpec spec, Func<string, IReadOnlyDictionary<string, string>?>? labelsOfNamespace)
{
    private const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary>Nothing is selected by, so it holds for everybody.</summary>
    public bool IsEmpty { get; } = IsNothing(spec.NamespaceSelector) && IsNothing(spec.PodSelector)
        && string.IsNullOrEmpty(spec.Workload?.Kind) && string.IsNullOrEmpty(spec.Workload?.Name)
        && string.IsNullOrEmpty(spec.ContainerName) && string.IsNullOrEmpty(spec.Image);

    public bool Selects(ContainerIdentity identity) =>
        IsOneOf(spec.Workload?.Kind, identity.Workload.Kind)
        && IsOneOf(spec.Workload?.Name, identity.Workload.Name)
        && IsOneOf(spec.ContainerName, identity.ContainerName)
        && (IsOneOf(spec.Image, identity.Image) || spec.Image == identity.ImageDigest)
        && (IsNothing(spec.PodSelector) || (AreLabelsKnown(identity) && LabelMatch.Holds(spec.PodSelector, identity.PodLabels)))
        && (IsNothing(spec.NamespaceSelector) || SelectsNamespace(identity.PodNamespace.Length > 0 ? identity.PodNamespace : identity.Workload.Namespace));

    private static bool AreLabelsKnown(ContainerIdentity identity) =>
        identity.PodName.Length > 0 && (identity.PodLabels.Count > 0 || identity.Source >= IdentitySource.ApiServer);

    private bool SelectsNamespace(string space)
    {
        if (space.Length == 0)
        {
            return false;
        }

        IReadOnlyDictionary<string, string>? labels = labelsOfNamespace?.Invoke(space);
        return (labels is not null || AsksForTheNameOnly(spec.NamespaceSelector!))
            && LabelMatch.Holds(spec.NamespaceSelector, labels ?? new Dictionary<string, string>(1) { [NameLabel] = space });
    }

    private static bool AsksForTheNameOnly(LabelSelector selector) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).Keys.All(key => key == NameLabel)
        && (selector.MatchExpressions ?? []).All(requirement => requirement.Key == NameLabel);

    private static bool IsNothing(LabelSelector? selector) => selector is null || (selector.MatchLabels is null or { Count: 0 } && selector.MatchExpressions is null or { Count: 0 });

    private static bool IsOneOf(string? wanted, string found) => string.IsNullOrEmpty(wanted) || wanted == found;
}
