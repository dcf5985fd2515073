// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Containers.Cri;

/// <summary>A call that the runtime answered with a status other than OK, or with something that is no gRPC.</summary>
/// <param name="status">Source: gRPC status codes; 5 = not found, 12 = unimplemented; -1 when there was none.</param>
internal sealed class GrpcException(int status, string message) : Exception(message)
{
    public const int NotFound = 5;
    public const int Unimplemented = 12;
    public const int NoStatus = -1;

    public int Status { get; } = status;
}
