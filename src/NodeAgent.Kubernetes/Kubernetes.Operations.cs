// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes;

// The operations under the names of the public C# client, with those of their parameters that we use.
public sealed partial class Kubernetes
{
    public Task<KubernetesList<V1Pod>> ListNamespacedPodAsync(
        string namespaceParameter, string? continueParameter = null, string? fieldSelector = null, string? labelSelector = null,
        int? limit = null, string? resourceVersion = null, CancellationToken cancellationToken = default) =>
        ListAsync(ApiResources.Pods, namespaceParameter, Options(continueParameter, fieldSelector, labelSelector, limit, resourceVersion), cancellationToken);

    public Task<KubernetesList<V1Pod>> ListPodForAllNamespacesAsync(
        string? continueParameter = null, string? fieldSelector = null, string? labelSelector = null,
        int? limit = null, string? resourceVersion = null, CancellationToken cancellationToken = default) =>
        ListAsync(ApiResources.Pods, null, Options(continueParameter, fieldSelector, labelSelector, limit, resourceVersion), cancellationToken);

    public Task<KubernetesList<V1Service>> ListServiceForAllNamespacesAsync(
        string? continueParameter = null, string? fieldSelector = null, string? labelSelector = null,
        int? limit = null, string? resourceVersion = null, CancellationToken cancellationToken = default) =>
        ListAsync(ApiResources.Services, null, Options(continueParameter, fieldSelector, labelSelector, limit, resourceVersion), cancellationToken);

    public Task<KubernetesList<V1EndpointSlice>> ListEndpointSliceForAllNamespacesAsync(
        string? continueParameter = null, string? fieldSelector = null, string? labelSelector = null,
        int? limit = null, string? resourceVersion = null, CancellationToken cancellationToken = default) =>
        ListAsync(ApiResources.EndpointSlices, null, Options(continueParameter, fieldSelector, labelSelector, limit, resourceVersion), cancellationToken);

    public Task<KubernetesList<V1Node>> ListNodeAsync(
        string? continueParameter = null, string? fieldSelector = null, string? labelSelector = null,
        int? limit = null, string? resourceVersion = null, CancellationToken cancellationToken = default) =>
        ListAsync(ApiResources.Nodes, null, Options(continueParameter, fieldSelector, labelSelector, limit, resourceVersion), cancellationToken);

    public Task<V1Pod> ReadNamespacedPodAsync(string name, string namespaceParameter, CancellationToken cancellationToken = default) =>
        ReadAsync(ApiResources.Pods, namespaceParameter, name, cancellationToken);

    /// <summary>Who a bearer token belongs to.</summary>
    public Task<V1TokenReview> CreateTokenReviewAsync(V1TokenReview body, CancellationToken cancellationToken = default) =>
        ReviewAsync("tokenreviews.authentication.k8s.io", "/apis/authentication.k8s.io/v1/tokenreviews", body, KubernetesJsonContext.Default.V1TokenReview, cancellationToken);

    /// <summary>Whether somebody may do something.</summary>
    public Task<V1SubjectAccessReview> CreateSubjectAccessReviewAsync(V1SubjectAccessReview body, CancellationToken cancellationToken = default) => ReviewAsync(
        "subjectaccessreviews.authorization.k8s.io", "/apis/authorization.k8s.io/v1/subjectaccessreviews", body, KubernetesJsonContext.Default.V1SubjectAccessReview, cancellationToken);

    private static ListOptions Options(string? continueParameter, string? fieldSelector, string? labelSelector, int? limit, string? resourceVersion) => new()
    {
        Continue = continueParameter,
        FieldSelector = fieldSelector,
        LabelSelector = labelSelector,
        Limit = limit,
        ResourceVersion = resourceVersion,
    };
}
