// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Admission;

/// <summary>A request on its way to the rules.</summary>
/// <param name="Container">Of the pod that it names; null until that was found out.</param>
internal sealed record AdmissionCall(AdmissionEvent Event, string ContainerName, ContainerInfo? Container)
{
    private const int MostName = 256;
    private const int MostWord = 128;

    // Where a request is about a pod, that is what it names.
    public string PodName => Event is { Resource: "pods", ResourceGroup.Length: 0 } ? Event.Name : string.Empty;

    /// <param name="request">As <see cref="AdmissionReviewReader"/> made it.</param>
    /// <param name="timeNs">Units: boot ns.</param>
    public static AdmissionCall Of(AdmissionRequest request, ulong timeNs)
    {
        AdmissionEvent seen = new(
            timeNs,
            BoundedTexts.Cut(request.Kind?.Kind, MostWord),
            BoundedTexts.Cut(request.Name, MostName),
            BoundedTexts.Cut(request.Namespace, MostName),
            BoundedTexts.Cut(request.Resource?.Resource, MostWord),
            BoundedTexts.Cut(request.SubResource, MostWord),
            BoundedTexts.Cut(request.Operation, MostWord),
            BoundedTexts.Cut(request.UserInfo?.Username, MostName),
            BoundedTexts.Cut(request.UserInfo?.Uid, MostWord),
            request.UserInfo?.Groups ?? [])
        {
            Group = BoundedTexts.Cut(request.Kind?.Group, MostWord),
            Version = BoundedTexts.Cut(request.Kind?.Version, MostWord),
            ResourceGroup = BoundedTexts.Cut(request.Resource?.Group, MostWord),
            ResourceVersion = BoundedTexts.Cut(request.Resource?.Version, MostWord),
            Command = request.Object?.Command ?? [],
            Object = request.Object,
        };
        return new AdmissionCall(seen, request.Object?.Container ?? string.Empty, null);
    }
}
