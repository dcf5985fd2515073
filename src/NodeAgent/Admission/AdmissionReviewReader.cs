// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Admission;

/// <summary>Reads the body of a review. Whoever can reach the port may send one.</summary>
internal static class AdmissionReviewReader
{
    // A uid of Kubernetes has 36.
    private const int MostUid = 128;
    private const int MostReason = 256;

    /// <param name="body">Shape: JSON in UTF-8.</param>
    /// <param name="fault">Null = it is one.</param>
    /// <returns>With a uid and a kind; null when there is a fault.</returns>
    public static AdmissionRequest? Read(ReadOnlySpan<byte> body, out string? fault)
    {
        try
        {
            AdmissionReview? review = JsonSerializer.Deserialize(body, AdmissionJsonContext.Default.AdmissionReview);
            fault = FaultOf(review);
            return fault is null ? review!.Request : null;
        }
        catch (JsonException error)
        {
            fault = BoundedTexts.Cut($"the body is no AdmissionReview: {error.Message}", MostReason);
            return null;
        }
    }

    private static string? FaultOf(AdmissionReview? review) =>
        review is null ? "the body is null"
        : review.ApiVersion != AdmissionReview.Version ? $"apiVersion is not {AdmissionReview.Version}"
        : review.Kind != AdmissionReview.KindName ? $"kind is not {AdmissionReview.KindName}"
        : review.Request is not { } request ? "there is no request"
        : string.IsNullOrEmpty(request.Uid) ? "request.uid is missing"
        : request.Uid.Length > MostUid ? $"request.uid is longer than {MostUid} characters"
        : string.IsNullOrEmpty(request.Kind?.Kind) ? "request.kind.kind is missing"
        : null;
}
