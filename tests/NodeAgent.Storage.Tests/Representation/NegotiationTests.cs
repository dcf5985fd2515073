// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Representation;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources.Columns;

namespace NodeAgent.Storage.Tests.Representation;

public sealed class NegotiationTests
{
    [Theory]
    [InlineData(null, "Object")]
    [InlineData("*/*", "Object")]
    [InlineData("application/*", "Object")]
    [InlineData("application/vnd.kubernetes.protobuf, application/json", "Object")]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", "Table")]
    [InlineData("application/json;as=Table;v=v2;g=meta.k8s.io,application/json", "Object")]
    [InlineData("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", "PartialMetadata")]
    [InlineData("application/json;q=0.5, application/json;as=Table;v=v1;g=meta.k8s.io;q=0.9", "Table")]
    public void Negotiate_Acceptable_TakesTheBest(string? accept, string expected) => Assert.Equal(expected, ObjectRepresentation.Negotiate(accept).Kind.ToString());

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/vnd.kubernetes.protobuf")]
    [InlineData("application/json;q=0")]
    [InlineData("application/json;as=Nothing;v=v1;g=meta.k8s.io")]
    public void Negotiate_NothingAcceptable_Is406(string accept) =>
        Assert.Equal(406, Assert.Throws<ApiException>(() => ObjectRepresentation.Negotiate(accept)).Status.Code);

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(310, "5m10s")]
    [InlineData(660, "11m")]
    [InlineData(3 * 3600, "3h")]
    [InlineData((3 * 3600) + 120, "3h2m")]
    [InlineData(10 * 3600, "10h")]
    [InlineData(49 * 3600, "2d1h")]
    [InlineData(10 * 86400, "10d")]
    [InlineData(-60, "<invalid>")]
    public void AgeOf_Created_IsPrintedAsKubectlDoes(int secondsAgo, string expected)
    {
        var now = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
        string created = now.AddSeconds(-secondsAgo).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(expected, PrinterColumns.AgeOf(created, now));
    }

    [Fact]
    public void AgeOf_NoTime_IsUnknown() => Assert.Equal("<unknown>", PrinterColumns.AgeOf("yesterday", DateTimeOffset.UnixEpoch));
}
